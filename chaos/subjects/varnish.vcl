vcl 4.1;

# Varnish in front of the source, with grace: a stale object is served while it is fetched again,
# and as long as the source is sick or its answers are errors.
# https://varnish-cache.org/docs/7.1/users-guide/vcl-grace.html
backend source {
  .host = "{source_host}";
  .port = "{source_port}";
  .connect_timeout = {poll_timeout_ms}ms;
  .first_byte_timeout = {poll_timeout_ms}ms;
  .between_bytes_timeout = {poll_timeout_ms}ms;
  .probe = {
    .url = "/counters";
    .interval = {poll_ms}ms;
    .timeout = {poll_timeout_ms}ms;
    .window = 1;
    .threshold = 1;
    .initial = 1;
  }
}

sub vcl_recv {
  if (req.url == "/alive") {
    return (synth(200));
  }
  return (hash);
}

sub vcl_backend_response {
  # An error must not replace a stale object.
  if (beresp.status != 200) {
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.ttl = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }
  # A body is served once it is complete.
  set beresp.do_stream = false;
  # The source sends no-store.
  set beresp.ttl = {poll_ms}ms;
  set beresp.grace = 1d;
  return (deliver);
}
