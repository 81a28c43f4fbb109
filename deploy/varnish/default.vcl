# Varnish in front of a Scorewire node: reads from memory, revalidated by ETag, purged by key when a score
# changes; streams are piped through. Nothing here depends on a purge: without one an answer is a second old.
# Needs the modules str and xkey (Debian: varnish-modules). Tests run this very file.
vcl 4.1;

import std;
import str;
import xkey;

backend node {
    .host = "127.0.0.1";
    .port = "8080";
    .connect_timeout = 3s;
    # A comment or ping comes every 15 s.
    .between_bytes_timeout = 60s;
    .first_byte_timeout = 30s;
    .probe = {
        .url = "/readyz";
        .interval = 1s;
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

# Who may purge: the nodes, each with the token of `cdn.purge_token`, which lies in the file read below. The
# file must be readable for Varnish's worker (user vcache), and for nobody else; it is read once, so restart
# Varnish when it has changed.
acl nodes {
    "127.0.0.1";
}

sub vcl_recv {
    if (req.restarts == 0) {
        # Varnish has put the client's address behind whatever the client claimed; only ours is kept. Leave
        # this out if another trusted proxy stands in front.
        set req.http.X-Forwarded-For = client.ip;
        unset req.http.X-Read;
        unset req.http.X-Again;
    }
    if (req.method == "PURGE") {
        call purge_by_key;
    }
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
    # The desk and the admin routes carry a token, and so do readers who bypass caches; what is public needs
    # none.
    if (req.http.Authorization) {
        return (pass);
    }
    unset req.http.Cookie;
    # The same question in another order is the same answer.
    set req.url = std.querysort(req.url);
    set req.http.X-Read = "yes";
    if (req.http.X-Again == "fresh") {
        set req.grace = 0s;
    } elsif (!req.http.X-Again && std.healthy(req.backend_hint)) {
        # Beyond its second an answer is given for one more, while it is revalidated (RFC 5861 3).
        set req.grace = 1s;
    } else {
        # While the node is down or has failed: as long as the answer's stale-if-error allows (RFC 5861 4).
        set req.grace = 24h;
    }
    return (hash);
}

# PURGE / with Surrogate-Key: the keys, Authorization: Bearer and the token. What carries one of the keys is
# asked for anew; it is kept, in case the node cannot be asked.
sub purge_by_key {
    if (client.ip !~ nodes || !req.http.Authorization || !req.http.Surrogate-Key) {
        return (synth(403));
    }
    if (req.http.Authorization != "Bearer " + regsub(std.fileread("/etc/varnish/purge-token"), "\s+$", "")) {
        return (synth(403));
    }
    set req.http.X-Purged = xkey.softpurge(req.http.Surrogate-Key);
    return (synth(200, "Purged"));
}

sub vcl_synth {
    # The node has failed: what was true last, if it may still be given; else the node's own words.
    if (resp.status == 503 && req.http.X-Read && req.http.X-Again != "stale") {
        set req.http.X-Again = "stale";
        return (restart);
    }
    if (req.method == "PURGE" && resp.status == 200) {
        set resp.http.Content-Type = "text/plain";
        set resp.body = req.http.X-Purged + {"
"};
        return (deliver);
    }
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

sub vcl_hit {
    # Purged, for it ended before its time: a newer answer is known to exist, so all wait for that one.
    if (!req.http.X-Again && obj.ttl <= 0s && std.healthy(req.backend_hint)
        && obj.age + obj.ttl < std.duration(obj.http.X-Kept, 0s) - 0.01s) {
        set req.http.X-Again = "fresh";
        return (restart);
    }
}

sub vcl_miss {
    if (req.http.X-Again == "stale") {
        return (pass);
    }
}

sub vcl_backend_fetch {
    if (!bereq.uncacheable) {
        # Many may wait for this one.
        set bereq.first_byte_timeout = 3s;
    }
    unset bereq.http.X-Read;
    unset bereq.http.X-Again;
}

sub vcl_backend_response {
    # Never in place of a good answer: it would hide that one.
    if (beresp.status >= 500 && !bereq.uncacheable) {
        return (abandon);
    }
    # The node says for how long: CDN-Cache-Control is meant for caches like this one (RFC 9213).
    if (beresp.http.CDN-Cache-Control ~ "max-age=[0-9]+") {
        set beresp.ttl = std.duration(
            regsub(beresp.http.CDN-Cache-Control, "^.*max-age=([0-9]+).*$", "\1") + "s", 1s) - beresp.age;
    }
    # At most so old, unless its URL names its bytes. Where the nodes purge (cdn.purge_urls) this may be more,
    # up to ten seconds for a moving score; it is how late a goal is when a purge is lost.
    if (beresp.ttl > 1s && beresp.http.CDN-Cache-Control !~ "immutable") {
        set beresp.ttl = 1s;
    }
    set beresp.grace = 0s;
    if (beresp.status == 200) {
        if (beresp.http.CDN-Cache-Control ~ "stale-if-error=[0-9]+") {
            set beresp.grace = std.duration(
                regsub(beresp.http.CDN-Cache-Control, "^.*stale-if-error=([0-9]+).*$", "\1") + "s", 0s);
        }
        # To ask whether it has changed (If-None-Match), rather than for all of it.
        set beresp.keep = 1h;
    }
    if (beresp.http.Cache-Control ~ "(?i)no-store|private"
        || beresp.http.CDN-Cache-Control ~ "(?i)no-store|no-cache|private") {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
    set beresp.http.xkey = beresp.http.Surrogate-Key;
    set beresp.http.X-Kept = (beresp.ttl + beresp.age) + "s";
}

sub vcl_backend_error {
    if (!bereq.uncacheable) {
        return (abandon);
    }
}

sub vcl_deliver {
    # Varnish itself compares one tag; If-None-Match may be a list, or any (RFC 9110 13.1.2).
    if (resp.status == 200 && req.http.If-None-Match && resp.http.ETag && (req.http.If-None-Match == "*"
        || str.contains(req.http.If-None-Match, resp.http.ETag))) {
        set resp.status = 304;
    }
    # RFC 9211; the node has said above what its own cache did.
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
        set req.http.X-Status = "varnish; hit; ttl=" + regsub(obj.ttl, "\..*$", "");
    } elsif (req.http.X-Read) {
        set resp.http.X-Cache = "MISS";
        set req.http.X-Status = "varnish; fwd=miss; fwd-status=" + resp.status;
    } else {
        set resp.http.X-Cache = "MISS";
        set req.http.X-Status = "varnish; fwd=bypass; fwd-status=" + resp.status;
    }
    if (resp.http.Cache-Status) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", " + req.http.X-Status;
    } else {
        set resp.http.Cache-Status = req.http.X-Status;
    }
    unset resp.http.xkey;
    unset resp.http.X-Kept;
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}
