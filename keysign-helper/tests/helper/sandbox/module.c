/* A module of the name services (nsswitch.conf(5)) that knows one account, and says goodbye to its server at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

static int server = -1;

enum nss_status _nss_compat_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t length, int *error) {
    static const char words[] = "carol\0x\0/";
    if (uid != 65534)
        return NSS_STATUS_NOTFOUND;
    if (length < sizeof words) {
        *error = ERANGE;
        return NSS_STATUS_TRYAGAIN;
    }
    server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(buffer, words, sizeof words);
    *entry = (struct passwd){.pw_name = buffer, .pw_passwd = buffer + 6, .pw_uid = uid, .pw_gid = uid,
                             .pw_gecos = buffer + 6, .pw_dir = buffer + 8, .pw_shell = buffer + 8};
    return NSS_STATUS_SUCCESS;
}

__attribute__((destructor)) static void goodbye(void) {
    if (server >= 0) {
        send(server, "bye", 3, MSG_NOSIGNAL);
        shutdown(server, SHUT_RDWR);
    }
}
