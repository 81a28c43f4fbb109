/* The kernel's own price: accept N connections, answer each request head, then send one frame to all, again
 * and again.
 *
 * It does what any server of this kind cannot avoid and nothing else: no parsing, no state, one accept() after
 * the other and send() in a loop. Its CPU time per delivery is the yardstick of `scorewire bench fanout`.
 *
 * Usage: yardstick FANS
 * Prints its port. Then, for each `BYTES\n` and so many bytes on its standard input, it sends them to all
 * fans and answers with the CPU time of the loop in nanoseconds and the number of sends that the kernel did
 * not take whole. Ends with its input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 65536

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1000\n\n";

static long long cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int listen_anywhere(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return -1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static int accept_all(int listener, int *fan, int fans) {
    char request[4096];
    int one = 1;
    for (int i = 0; i < fans; i++) {
        fan[i] = accept(listener, 0, 0);
        if (fan[i] < 0) return -1;
        setsockopt(fan[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (read(fan[i], request, sizeof request) <= 0) return -1;
        if (write(fan[i], HEAD, sizeof HEAD - 1) < 0) return -1;
    }
    return 0;
}

int main(int argc, char **argv) {
    int fans = argc == 2 ? atoi(argv[1]) : 0;
    if (fans < 1) return 2;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    static char frame[FRAME_MAX];
    char line[32];
    int *fan = malloc(sizeof(int) * fans);
    int listener = listen_anywhere();
    if (!fan || listener < 0 || accept_all(listener, fan, fans)) return 1;
    while (fgets(line, sizeof line, stdin)) {
        size_t bytes = strtoul(line, 0, 10);
        if (bytes < 1 || bytes > FRAME_MAX || fread(frame, 1, bytes, stdin) != bytes) return 1;
        long long before = cpu_ns(), refused = 0;
        for (int i = 0; i < fans; i++)
            if (send(fan[i], frame, bytes, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)bytes) refused++;
        printf("%lld %lld\n", cpu_ns() - before, refused);
        fflush(stdout);
    }
    return 0;
}
