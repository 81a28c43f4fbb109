/* The kernel's own price: accept N connections, answer each request head, then send one frame to all, R times.
 *
 * It does what any server of this kind cannot avoid and nothing else: no parsing, no state, one epoll to
 * accept with and send() in a loop. Its CPU time per delivery is the yardstick of `scorewire bench fanout`.
 *
 * Usage: yardstick FANS BYTES   (prints PORT; then for each line on stdin it sends one frame to all fans
 * and answers with the CPU time of the loop in nanoseconds; ends with its input)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1000\n\n";

static long long cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    int fans = atoi(argv[1]), bytes = atoi(argv[2]);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int *fan = malloc(sizeof(int) * fans);
    char *frame = malloc(bytes), request[4096], line[16];
    for (int i = 0; i < fans; i++) {
        fan[i] = accept(listener, 0, 0);
        if (fan[i] < 0) return 1;
        setsockopt(fan[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (read(fan[i], request, sizeof request) <= 0) return 1;
        if (write(fan[i], HEAD, sizeof HEAD - 1) < 0) return 1;
    }
    memset(frame, 'x', bytes);
    memcpy(frame, "data: ", 6);
    memcpy(frame + bytes - 2, "\n\n", 2);
    while (fgets(line, sizeof line, stdin)) {
        long long before = cpu_ns(), refused = 0;
        for (int i = 0; i < fans; i++)
            if (send(fan[i], frame, bytes, MSG_DONTWAIT | MSG_NOSIGNAL) != bytes) refused++;
        printf("%lld %lld\n", cpu_ns() - before, refused);
        fflush(stdout);
    }
    return 0;
}
