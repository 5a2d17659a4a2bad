/** Module `k6/options`: types only. */
export {};
