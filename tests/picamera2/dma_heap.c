/*
 * Preloaded: dma-buf heaps of anonymous memory for a machine whose kernel has none, so that libcamera's virtual pipeline and
 * picamera2's allocator find what they ask for. Opening anything below /dev/dma_heap gives a heap; DMA_HEAP_IOCTL_ALLOC
 * (linux/dma-heap.h) gives a memory file in place of a buffer, and synchronising or naming one (linux/dma-buf.h) does nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char HEAPS[] = "/dev/dma_heap/";

static int is_heap(const char *path) { return path && !strncmp(path, HEAPS, sizeof HEAPS - 1); }

static int new_heap(void) { return memfd_create("dma-heap", MFD_CLOEXEC); }

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    if (is_heap(path)) return new_heap(); \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
    return real(path, flags, mode); \
  }
#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    if (is_heap(path)) return new_heap(); \
    int (*real)(int, const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
    return real(folder, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }

int ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (_IOC_TYPE(request) == DMA_BUF_BASE) return 0;
  if (request == DMA_HEAP_IOCTL_ALLOC) {
    struct dma_heap_allocation_data *wanted = argument;
    int buffer = memfd_create("dma-buffer", MFD_CLOEXEC);
    if (buffer < 0 || ftruncate(buffer, (off_t)wanted->len)) return -1;
    wanted->fd = (unsigned)buffer;
    return 0;
  }
  int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
  return real(fd, request, argument);
}
