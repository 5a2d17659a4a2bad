/** Groups and checks of a run: `root_group` in `handleSummary`. */
import { createHash } from "node:crypto";
import type { SummaryCheck, SummaryGroup } from "../summary/summary.ts";

/** Separates the names in a group's path. */
const GROUP_SEPARATOR = "::";
/** Distinct groups and checks of one run. */
const GROUPS_MAX = 10_000;

export interface GroupNode {
  readonly name: string;
  /** `::outer::inner`; the root's is empty. */
  readonly path: string;
  readonly id: string;
  readonly groups: Map<string, GroupNode>;
  readonly checks: Map<string, SummaryCheck>;
}

export class GroupTree {
  readonly root: GroupNode = makeGroup("", "");
  #size = 0;

  /** @throws {TypeError} if there are too many, or the name contains the separator. */
  group(parent: GroupNode, name: string): GroupNode {
    const known = parent.groups.get(name);
    if (known !== undefined) return known;
    const path = this.#newPath(parent, name, "group");
    const made = makeGroup(name, path);
    parent.groups.set(name, made);
    return made;
  }

  /** @throws {TypeError} as {@link group}. */
  check(parent: GroupNode, name: string): SummaryCheck {
    const known = parent.checks.get(name);
    if (known !== undefined) return known;
    const path = this.#newPath(parent, name, "check");
    const made = { name, path, id: idOf(path), passes: 0, fails: 0 };
    parent.checks.set(name, made);
    return made;
  }

  /** The group with that path, made if it is new. */
  at(path: string): GroupNode {
    let node = this.root;
    for (const name of path.split(GROUP_SEPARATOR).slice(1)) node = this.group(node, name);
    return node;
  }

  summary(node: GroupNode = this.root): SummaryGroup {
    const { name, path, id } = node;
    const groups = [...node.groups.values()].map((group) => this.summary(group));
    return { name, path, id, groups, checks: [...node.checks.values()] };
  }

  #newPath(parent: GroupNode, name: string, what: string): string {
    if (name.includes(GROUP_SEPARATOR)) {
      throw new TypeError(`${what} "${name}": a name may not contain "${GROUP_SEPARATOR}"`);
    }
    if (++this.#size > GROUPS_MAX) {
      throw new TypeError(
        `${what} "${name}": a run may have at most ${GROUPS_MAX} groups and checks; ` +
          "keep variable parts out of the name",
      );
    }
    return parent.path + GROUP_SEPARATOR + name;
  }
}

function makeGroup(name: string, path: string): GroupNode {
  return { name, path, id: idOf(path), groups: new Map(), checks: new Map() };
}

/** k6's id: MD5 of the path. */
function idOf(path: string): string {
  return createHash("md5").update(path).digest("hex");
}
