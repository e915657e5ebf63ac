/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices and their resources, as far as lib/genalloc.c asks for them.
 *
 * Purpose   devm_gen_pool_create and gen_pool_get keep pools as resources of a device. Nothing here
 *           releases a device; the device tree is absent (CONFIG_OF is unset).
 * Ownership A resource belongs to its device once devres_add was called, else to its allocator.
 * Source    include/linux/device.h, device/devres.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_DEVICE_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_DEVICE_H_

#include "src/kernel/shim/list.h"
#include "src/kernel/shim/memory.h"

struct device;
struct device_node;
typedef void (*dr_release_t)(struct device* device, void* resource);
typedef int (*dr_match_t)(struct device* device, void* resource, void* wanted);

struct shim_resource {
  struct shim_resource* next;
  dr_release_t release;
  unsigned long data[];
};
struct device {
  struct shim_resource* resources;
  struct device_node* of_node;
};
struct platform_device {
  struct device dev;
};

static inline void* devres_alloc(dr_release_t release, size_t bytes, gfp_t flags) {
  struct shim_resource* resource = kzalloc(size_add(sizeof(*resource), bytes), flags);
  if (!resource) return NULL;
  resource->release = release;
  return resource->data;
}
static inline void devres_add(struct device* device, void* data) {
  struct shim_resource* resource = container_of(data, struct shim_resource, data);
  resource->next = device->resources;
  device->resources = resource;
}
static inline void devres_free(void* data) {
  if (data) kfree(container_of(data, struct shim_resource, data));
}
static inline void* devres_find(struct device* device, dr_release_t release, dr_match_t match,
                                void* wanted) {
  struct shim_resource* resource = device->resources;
  for (; resource; resource = resource->next)
    if (resource->release == release && (!match || match(device, resource->data, wanted)))
      return resource->data;
  return NULL;
}
static inline void put_device(struct device* device) { (void)device; }

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_DEVICE_H_ */
