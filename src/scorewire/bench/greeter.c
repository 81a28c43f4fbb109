/* The kernel's own price of an arrival: accept, read a request, write a given number of bytes.
 *
 * The yardstick of `scorewire bench storm`: an epoll loop that does for each connection what any server must,
 * and nothing else: no parsing, no state.
 *
 * Usage: greeter
 * Prints its port. `BYTES\n` and so many bytes on its standard input are what it writes from then on; it
 * answers each with the CPU time of the process so far in nanoseconds. Ends with its input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GREETING_MAX 1048576
#define EVENTS 1024

static long long cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int listen_anywhere(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return -1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int poll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void take_all(int poll, int listener) {
    int fan, one = 1;
    while ((fan = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fan, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(poll, fan);
    }
}

int main(void) {
    static char greeting[GREETING_MAX], request[4096], line[32];
    size_t bytes = 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    setvbuf(stdin, 0, _IONBF, 0);
    int listener = listen_anywhere(), poll = epoll_create1(0);
    if (listener < 0 || poll < 0) return 1;
    watch(poll, listener);
    watch(poll, 0);
    struct epoll_event event[EVENTS];
    for (;;) {
        int count = epoll_wait(poll, event, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = event[i].data.fd;
            if (fd == listener) {
                take_all(poll, listener);
            } else if (fd == 0) {
                if (!fgets(line, sizeof line, stdin)) return 0;
                bytes = strtoul(line, 0, 10);
                if (bytes > GREETING_MAX || fread(greeting, 1, bytes, stdin) != bytes) return 1;
                printf("%lld\n", cpu_ns());
                fflush(stdout);
            } else if (read(fd, request, sizeof request) <= 0) {
                close(fd);
            } else if (send(fd, greeting, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) {
                return 1;
            }
        }
    }
}
