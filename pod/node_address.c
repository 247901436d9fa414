/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "node_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"

/* For documentation (RFC 5737, RFC 3849): nothing is ever sent there. */
#define FAR_IPV4 "192.0.2.1"
#define FAR_IPV6 "2001:db8::1"

static bool to_text(const struct sockaddr *a, char out[INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;
    const void *bytes =
        a->sa_family == AF_INET ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr;
    return inet_ntop(a->sa_family, bytes, out, INET6_ADDRSTRLEN);
}

/* Whether others can reach the node by it. */
static bool is_useful(const struct ifaddrs *a)
{
    if (!a->ifa_addr || !(a->ifa_flags & IFF_UP) || (a->ifa_flags & IFF_LOOPBACK))
        return false;
    if (a->ifa_addr->sa_family != AF_INET6)
        return a->ifa_addr->sa_family == AF_INET;
    const struct sockaddr_in6 *v6 = (const void *)a->ifa_addr;
    return !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
}

static size_t count(const struct ifaddrs *list, int family)
{
    size_t n = 0;
    for (const struct ifaddrs *a = list; a; a = a->ifa_next)
        n += is_useful(a) && a->ifa_addr->sa_family == family;
    return n;
}

/* Whether some interface has the address; "" = any address of the family, which is then filled in.
 */
static bool find(const struct ifaddrs *list, int family, char address[INET6_ADDRSTRLEN])
{
    char text[INET6_ADDRSTRLEN];
    for (const struct ifaddrs *a = list; a; a = a->ifa_next) {
        if (!is_useful(a) || a->ifa_addr->sa_family != family || !to_text(a->ifa_addr, text))
            continue;
        if (*address && strcmp(address, text) != 0)
            continue;
        strcpy(address, text);
        return true;
    }
    return false;
}

static bool by_name(const struct ifaddrs *list, int family, const char *name,
                    char out[INET6_ADDRSTRLEN])
{
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool done = false;
    if (!*name || getaddrinfo(name, NULL, &hints, &found))
        return false;
    for (const struct addrinfo *a = found; a && !done; a = a->ai_next)
        done = to_text(a->ai_addr, out) && find(list, family, out);
    freeaddrinfo(found);
    return done;
}

static bool by_route(const struct ifaddrs *list, int family, char out[INET6_ADDRSTRLEN])
{
    const struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *far = NULL;
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    cleanup_close int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || getaddrinfo(family == AF_INET ? FAR_IPV4 : FAR_IPV6, "9", &hints, &far))
        return false;
    int rc = connect(fd, far->ai_addr, far->ai_addrlen);
    freeaddrinfo(far);
    return rc == 0 && getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
           to_text((struct sockaddr *)&own, out) && find(list, family, out);
}

static void choose(const struct ifaddrs *list, int family, const char *node,
                   char out[INET6_ADDRSTRLEN])
{
    char host[HOST_NAME_MAX + 1] = "";
    gethostname(host, sizeof host - 1);
    if (count(list, family) > 1 &&
        (by_name(list, family, node, out) || by_name(list, family, host, out) ||
         by_route(list, family, out)))
        return;
    *out = '\0';
    find(list, family, out);
}

void node_address_read(struct node_address *out, const char *name)
{
    char v4[INET6_ADDRSTRLEN] = "", v6[INET6_ADDRSTRLEN] = "";
    struct ifaddrs *list;
    if (getifaddrs(&list) == 0) {
        choose(list, AF_INET, name, v4);
        choose(list, AF_INET6, name, v6);
        freeifaddrs(list);
    }
    if (!*v4 && !*v6)
        strcpy(v4, "127.0.0.1");
    snprintf(out->ip, sizeof out->ip, "%s", *v4 ? v4 : v6);
    snprintf(out->ips, sizeof out->ips, "%s%s%s", v4, *v4 && *v6 ? "," : "", v6);
}
