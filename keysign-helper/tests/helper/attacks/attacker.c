/* What an ordinary user tries on another process: the tests build it (attacks/attacker.rs).
 *
 * attacker WHAT PID        tries it on that process; prints "done", or the error's name
 * attacker wait            is an ordinary process that anyone of its user may look into
 * attacker fill PROGRAM    runs the program with every descriptor taken
 * attacker unnamed PROGRAM runs the program with no arguments, not even its name
 * attacker race PROGRAM MS starts the program again and again, and takes its descriptors as it ends; prints how many
 *                          runs there were, how many descriptors were taken, and how many of these are of keys */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* An address that the process can read, or a guess. */
static unsigned long an_address(pid_t pid) {
    char path[64];
    unsigned long address = 4096;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "r");
    if (maps) {
        if (fscanf(maps, "%lx", &address) != 1) address = 4096;
        fclose(maps);
    }
    return address;
}

/* Opens /proc/PID/NAME, and reads from it. */
static int read_proc(pid_t pid, const char *name) {
    char path[64], bytes[8];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    if (!strcmp(name, "fd") || !strcmp(name, "map_files")) {
        DIR *folder = opendir(path);
        return folder ? 0 : -1;
    }
    if (!strcmp(name, "cwd") || !strcmp(name, "exe") || !strcmp(name, "root"))
        return readlink(path, path, sizeof path) < 0 ? -1 : 0;
    int file = open(path, O_RDONLY);
    if (file < 0) return -1;
    off_t at = strcmp(name, "mem") ? 0 : (off_t)an_address(pid);
    return pread(file, bytes, sizeof bytes, at) < 0 ? -1 : 0;
}

static int attack(const char *what, pid_t pid) {
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)an_address(pid), 1};
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (!strcmp(what, "ptrace-attach")) return ptrace(PTRACE_ATTACH, pid, 0, 0) < 0 ? -1 : 0;
    if (!strcmp(what, "ptrace-seize")) return ptrace(PTRACE_SEIZE, pid, 0, 0) < 0 ? -1 : 0;
    if (!strcmp(what, "process_vm_readv")) return process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 ? -1 : 0;
    if (!strcmp(what, "pidfd_getfd")) {
        int process = syscall(SYS_pidfd_open, pid, 0);
        return process < 0 || syscall(SYS_pidfd_getfd, process, 0, 0) < 0 ? -1 : 0;
    }
    if (!strcmp(what, "mem-write")) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/mem", pid);
        return open(path, O_WRONLY) < 0 ? -1 : 0;
    }
    if (!strcmp(what, "core-limit")) return prlimit(pid, RLIMIT_CORE, &limit, NULL);
    if (!strcmp(what, "kill-0")) return kill(pid, 0);
    return read_proc(pid, what);
}

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int race(char **program, long limit) {
    long runs = 0, taken = 0, keys = 0, end = milliseconds() + limit;
    while (milliseconds() < end) {
        pid_t child = fork();
        if (child == 0) {
            int nothing = open("/dev/null", O_RDWR);
            dup2(nothing, 0), dup2(nothing, 1), dup2(nothing, 2);
            execv(program[0], (char *[]){program[0], NULL});
            _exit(127);
        }
        int process = syscall(SYS_pidfd_open, child, 0);
        struct pollfd ended = {process, POLLIN, 0};
        runs++;
        /* Descriptors of the keys have the lowest numbers. */
        do {
            for (int number = 3; number < 8; number++) {
                int stolen = syscall(SYS_pidfd_getfd, process, number, 0);
                if (stolen < 0) continue;
                char link[64], target[256] = "";
                snprintf(link, sizeof link, "/proc/self/fd/%d", stolen);
                if (readlink(link, target, sizeof target - 1) < 0) target[0] = 0;
                /* What the child had from us, before it ran the program, is no prize. */
                taken++, keys += strstr(target, "ssh_host_") != NULL;
                close(stolen);
            }
        } while (poll(&ended, 1, 0) == 0);
        waitpid(child, NULL, 0);
        close(process);
    }
    printf("%ld %ld %ld\n", runs, taken, keys);
    return 0;
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    if (!strcmp(arguments[1], "wait")) {
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
        for (;;) pause();
    }
    if (count < 3) return 2;
    if (!strcmp(arguments[1], "fill")) {
        while (dup(2) >= 0) {}
        execv(arguments[2], arguments + 2);
        return 127;
    }
    if (!strcmp(arguments[1], "unnamed")) {
        execve(arguments[2], (char *[]){NULL}, (char *[]){NULL});
        return 127;
    }
    if (!strcmp(arguments[1], "race")) return race(arguments + 2, atol(arguments[3]));
    puts(attack(arguments[1], atoi(arguments[2])) == 0 ? "done" : strerrorname_np(errno));
    return 0;
}
