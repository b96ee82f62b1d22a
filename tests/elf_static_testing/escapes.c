// Tries to get out of the isolation that `elf-static check --run-in-scratch` gives a program.
//
//   escapes ATTEMPT ARGS…
//
// Exits with 0 if the attempt fails as it should, else says what worked and exits with 1.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void escaped(const char *how) {
    printf("escaped: %s\n", how);
    exit(1);
}

static void descriptors(void) {
    for (int fd = 3; fd < 65536; fd++)
        if (fcntl(fd, F_GETFD) != -1) escaped("a descriptor is open");
    char byte;
    if (read(0, &byte, 1) != 0) escaped("standard input is not empty");
}

static void see_host(const char *how) {
    for (int i = 0; i < 64; i++) (void)!chdir("..");
    const char *paths[] = {"etc", "proc", "dev", "usr", "/etc", "/proc", "/dev", "/usr", "../etc"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (access(paths[i], F_OK) == 0) escaped(how);
}

static void root(void) {
    see_host("the root is that of the machine");
    mkdir("/inner", 0700);
    if (chroot("/inner") == 0 || chroot("/") == 0) escaped("chroot");
    see_host("chroot and ..");
    if (open("/file", O_CREAT | O_WRONLY, 0600) != -1) escaped("a file was written");
    if (syscall(SYS_pivot_root, "/", "/") == 0) escaped("pivot_root");
    if (chmod("/", 0777) == 0) escaped("chmod of the root");
}

static void mounts(void) {
    if (mount("x", "/", "tmpfs", 0, NULL) == 0) escaped("mount of a tmpfs");
    if (mount("x", "/", "proc", 0, NULL) == 0) escaped("mount of proc");
    if (mount(NULL, "/", NULL, MS_REMOUNT, NULL) == 0) escaped("remount");
    if (umount2("/", MNT_DETACH) == 0) escaped("umount");
    if (unshare(CLONE_NEWNS) == 0) escaped("unshare of the mount namespace");
    if (mknod("/null", S_IFCHR | 0666, 0x103) == 0) escaped("mknod");
    if (sethostname("x", 1) == 0) escaped("sethostname");
}

static void user_namespace(void) {
    if (unshare(CLONE_NEWUSER) == 0) escaped("a user namespace");
}

static void rights(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) escaped("capget failed");
    for (int i = 0; i < 2; i++)
        if (data[i].effective | data[i].permitted | data[i].inheritable) escaped("capabilities");
    for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++) {
        if (prctl(PR_CAPBSET_READ, i)) escaped("the bounding set");
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0)) escaped("the ambient set");
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) escaped("no_new_privs is not set");
    if (prctl(PR_GET_SECUREBITS) != 0xEF) escaped("securebits");
    if (getuid() == 0 || geteuid() == 0 || getgid() == 0) escaped("it is root");
    if (setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0) escaped("setuid");
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max != 0) escaped("core dumps");
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max > 1024) escaped("many descriptors");
}

// Of the checker, by its process id in the machine's namespace, of the parent, and of PID 1.
static void processes(const char *checker) {
    pid_t pids[] = {atoi(checker), getppid(), 1};
    for (int i = 0; i < 3; i++) {
        char here[8], there[8];
        struct iovec local = {here, 8}, remote = {there, 8};
        if (process_vm_readv(pids[i], &local, 1, &remote, 1, 0) != -1) escaped("its memory");
        if (errno != EPERM && errno != ESRCH) escaped("its memory, but for the address");
        if (ptrace(PTRACE_SEIZE, pids[i], 0, 0) == 0) escaped("ptrace");
    }
    if (kill(pids[0], 0) == 0) escaped("the checker can be killed");
}

// Whatever this hits, the checker still says how this process ended.
static void kill_all(void) {
    int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGSEGV, SIGKILL, SIGSTOP};
    for (int i = 0; i < 6; i++) {
        if (signal(signals[i], SIG_IGN) != SIG_ERR) kill(0, signals[i]);
        kill(getppid(), signals[i]);
        kill(1, signals[i]);
        kill(-1, signals[i]);
    }
    exit(5);
}

static void network(const char *port, const char *name) {
    struct sockaddr_in internet = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&internet, sizeof internet) == 0) escaped("connect");
    if (errno != ECONNREFUSED) escaped("there is no loopback of its own");
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    strcpy(local.sun_path + 1, name);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&local, size) == 0) escaped("an abstract socket");
}

static void shared(const char *key) {
    if (shmget(atoi(key), 0, 0) != -1) escaped("shared memory");
}

static void keys(const char *name) {
    if (syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0) != -1)
        escaped("a key of the session");
    char host[64] = "";
    gethostname(host, sizeof host);
    if (strcmp(host, "scratch") != 0) escaped("the name of the machine");
}

static void outlive(void) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            close(0), close(1), close(2);
            sleep(60);
        }
        _exit(0);
    }
    wait(NULL);
}

static void stay(void) {
    outlive();
    sleep(60);
}

static void many(void) {
    for (int i = 0; i < 5000; i++) {
        pid_t pid = fork();
        if (pid == 0) pause();
        if (pid == -1 && i < 200) escaped("from work: it may not even have 200 processes");
        if (pid == -1) return;
    }
    escaped("5000 processes");
}

static void bomb(void) {
    for (;;) {
        if (fork() == 0) setsid();
    }
}

int main(int count, char **arguments) {
    const char *attempt = arguments[1], *first = arguments[2];
    setvbuf(stdout, NULL, _IONBF, 0);
    if (!strcmp(attempt, "descriptors")) descriptors();
    else if (!strcmp(attempt, "root")) root();
    else if (!strcmp(attempt, "mounts")) mounts();
    else if (!strcmp(attempt, "user-namespace")) user_namespace();
    else if (!strcmp(attempt, "rights")) rights();
    else if (!strcmp(attempt, "processes")) processes(first);
    else if (!strcmp(attempt, "kill-all")) kill_all();
    else if (!strcmp(attempt, "network")) network(first, arguments[3]);
    else if (!strcmp(attempt, "shared")) shared(first);
    else if (!strcmp(attempt, "keys")) keys(first);
    else if (!strcmp(attempt, "outlive")) outlive();
    else if (!strcmp(attempt, "stay")) stay();
    else if (!strcmp(attempt, "many")) many();
    else if (!strcmp(attempt, "bomb")) bomb();
    else escaped("there is no such attempt");
    return 0;
}
