/* Records what a process asks of its disk, in order, so that a power cut can be replayed at any moment.
 *
 * Loaded with LD_PRELOAD. Every write, truncation, removal and sync of a file below $DISK_RECORDER_ROOT is
 * appended to $DISK_RECORDER_LOG after the kernel has done it and before the caller goes on. A cut at byte N
 * of the log then means: what was synced before N is there; what was written after a file's last sync may be
 * there, in part, or not at all (tests/adversity/disk.py decides).
 *
 * Record: one line "KIND OFFSET LENGTH PATH\n", then LENGTH bytes of data. A sync's OFFSET is the length of
 * the log when it began: what was written while it ran may have missed it.
 *
 * A record is one writev to a file opened with O_APPEND, so that several processes may share one log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -2;
static char root[4096];

__attribute__((constructor)) static void start(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    const char *where = getenv("DISK_RECORDER_ROOT"), *log = getenv("DISK_RECORDER_LOG");
    if (!where || !log || !realpath(where, root)) { log_fd = -1; return; }
    log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, root, strlen(root)) == 0 && path[strlen(root)] == '/';
}

static void record(const char *kind, const char *path, long long offset, const void *data, size_t length) {
    char head[4300];
    int size = snprintf(head, sizeof head, "%s %lld %zu %s\n", kind, offset, length, path + strlen(root) + 1);
    struct iovec parts[2] = {{head, size}, {(void *)data, length}};
    pthread_mutex_lock(&lock);
    if (writev(log_fd, parts, length ? 2 : 1) != (ssize_t)(size + length)) abort();
    pthread_mutex_unlock(&lock);
}

ssize_t write(int fd, const void *data, size_t length) {
    char path[4096];
    off_t at = -1;
    if (log_fd >= 0 && fd != log_fd && path_of(fd, path)) at = lseek(fd, 0, SEEK_CUR);
    ssize_t done = real_write(fd, data, length);
    if (at >= 0 && done > 0) record("write", path, at, data, done);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
    char path[4096];
    ssize_t done = real_pwrite(fd, data, length, offset);
    if (done > 0 && log_fd >= 0 && path_of(fd, path)) record("write", path, offset, data, done);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

int ftruncate64(int fd, off_t length) {
    char path[4096];
    int answer = real_ftruncate(fd, length);
    if (answer == 0 && log_fd >= 0 && path_of(fd, path)) record("truncate", path, length, 0, 0);
    return answer;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int sync_with(int (*real)(int), int fd) {
    char path[4096];
    if (log_fd < 0 || !path_of(fd, path)) return real(fd);
    struct stat log;
    fstat(log_fd, &log);
    int answer = real(fd);
    if (answer == 0) record("sync", path, log.st_size, 0, 0);
    return answer;
}
int fsync(int fd) { return sync_with(real_fsync, fd); }
int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

int unlink(const char *name) {
    char path[4096];
    int ours = log_fd >= 0 && realpath(name, path) && strncmp(path, root, strlen(root)) == 0;
    int answer = real_unlink(name);
    if (answer == 0 && ours) record("unlink", path, 0, 0, 0);
    return answer;
}
