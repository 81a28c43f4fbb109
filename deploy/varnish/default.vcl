# Varnish in front of a Scorewire node: reads from memory, revalidated by ETag; streams are piped through.
# Tests run this very file.
vcl 4.1;

import std;

backend node {
    .host = "127.0.0.1";
    .port = "8080";
    .connect_timeout = 3s;
    # A comment or ping comes every 15 s.
    .between_bytes_timeout = 60s;
    .first_byte_timeout = 30s;
    .probe = {
        .url = "/readyz";
        .interval = 2s;
        .timeout = 1s;
        .window = 3;
        .threshold = 1;
        .initial = 1;
    }
}

# Who may see the metrics and the admin routes.
acl operators {
    "127.0.0.1";
}

sub vcl_recv {
    # Varnish has put the client's address behind whatever the client claimed; only ours is kept. Leave this
    # out if another trusted proxy stands in front.
    set req.http.X-Forwarded-For = client.ip;

    if (req.url ~ "^/(metrics$|v1/admin/)" && client.ip !~ operators) {
        return (synth(403));
    }
    # A stream is no object: no buffer, no cache, no limit of time but that of silence.
    if (req.url ~ "^/v1/stream(\?|$)" || req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # The desk and the admin routes carry a token; what is public needs none.
    if (req.http.Authorization) {
        return (pass);
    }
    unset req.http.Cookie;
    if (std.healthy(req.backend_hint)) {
        # Beyond its second an answer is given for one more, while it is revalidated.
        set req.grace = 1s;
    }
    return (hash);
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = "Upgrade";
    } else {
        # One request a pipe: a second one on the same connection would reach the node unseen.
        set bereq.http.Connection = "close";
    }
    return (pipe);
}

sub vcl_backend_response {
    # The node says for how long: CDN-Cache-Control is meant for caches like this one (RFC 9213).
    if (beresp.http.CDN-Cache-Control ~ "max-age=[0-9]+") {
        set beresp.ttl = std.duration(
            regsub(beresp.http.CDN-Cache-Control, "^.*max-age=([0-9]+).*$", "\1") + "s", 1s);
    }
    # A score may be at most so old here: nobody purges this cache, and a goal must not wait for ten seconds.
    if (beresp.ttl > 1s && bereq.url !~ "[?&]seq=") {
        set beresp.ttl = 1s;
    }
    if (beresp.status == 200) {
        # While one asks whether it has changed (If-None-Match), all others are given what there is; and if
        # the node restarts, for ten minutes.
        set beresp.grace = 10m;
        set beresp.keep = 1h;
    }
    if (beresp.status >= 500) {
        # Never in place of a good answer.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
    if (beresp.http.Cache-Control ~ "(?i)no-store|private") {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}
