// What the probe needs of the kernel's interface (include/uapi/linux/bpf.h).

#pragma once

typedef unsigned int __u32;
typedef unsigned long long __u64;

#define SEC(name) __attribute__((section(name), used))

#define BPF_MAP_TYPE_HASH 1
#define BPF_ANY 0

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value,
				   __u64 flags) = (void *)2;
static long (*bpf_get_current_comm)(void *buffer, __u32 size) = (void *)16;
