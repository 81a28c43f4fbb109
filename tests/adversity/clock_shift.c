/* Steps the wall clock of a process, loaded with LD_PRELOAD: the file $CLOCK_SHIFT_FILE holds nanoseconds, as
 * one signed 64-bit integer, that are added to CLOCK_REALTIME. The monotonic clock is left alone, as by a real
 * step of the time of day. The file is mapped, so a step is one write to it.
 *
 * The kernel's clock is not stepped, so a wait until a time of day (librdkafka's) is given to it as its own time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static volatile int64_t *shift;

__attribute__((constructor)) static void start(void) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    const char *name = getenv("CLOCK_SHIFT_FILE");
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *mapped = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED) shift = mapped;
    close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real_clock_gettime(clock, now);
    if (answer == 0 && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t at = now->tv_sec * 1000000000LL + now->tv_nsec + *shift;
        now->tv_sec = at / 1000000000LL;
        now->tv_nsec = at % 1000000000LL;
    }
    return answer;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out) *out = exact.tv_sec;
    return exact.tv_sec;
}

static int64_t nanoseconds(const struct timespec *at) { return at->tv_sec * 1000000000LL + at->tv_nsec; }

static int64_t distance(int64_t one, int64_t other) { return one < other ? other - one : one - other; }

/* Some of the C library's own functions tell the true time all the same: whichever is meant is the nearer one. */
static void to_kernel(const struct timespec *told, struct timespec *real) {
    struct timespec now;
    *real = *told;
    /* Who waits by the monotonic clock, which began with the machine, is told apart by the size of it. */
    if (!shift || told->tv_sec < 1000000000) return;
    real_clock_gettime(CLOCK_REALTIME, &now);
    int64_t until = nanoseconds(told), at = nanoseconds(&now), by = *shift;
    if (distance(until, at) <= distance(until, at + by)) return;
    real->tv_sec = (until - by) / 1000000000LL;
    real->tv_nsec = (until - by) % 1000000000LL;
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until) {
    static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    /* The oldest of several versions would be found by dlsym. */
    if (!real_wait) real_wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real_wait) real_wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec real;
    to_kernel(until, &real);
    return real_wait(cond, mutex, &real);
}

int cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *until) {
    static int (*real_wait)(cnd_t *, mtx_t *, const struct timespec *);
    if (!real_wait) real_wait = dlsym(RTLD_NEXT, "cnd_timedwait");
    struct timespec real;
    to_kernel(until, &real);
    return real_wait(cond, mutex, &real);
}
