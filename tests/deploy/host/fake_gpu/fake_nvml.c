/* FAKE libnvidia-ml.so.1 FOR TEST HOSTS ONLY. There is no card behind it.
 *
 * Answers the few NVML calls that a pre-flight check makes, from lines `key=value` in the file
 * that $EUGUARD_FAKE_NVML names, else /etc/euguard-FAKE-gpu.conf; install.py writes it. A key of
 * card 1 begins with `gpu1.`. Whatever is asked beyond is missing from the library, as a caller
 * of a driver too old would see it. Results and signatures: NVML API Reference Guide.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int Result;
typedef struct device *Device;
enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, INSUFFICIENT_SIZE = 7,
       DRIVER_NOT_LOADED = 9, LIB_RM_VERSION_MISMATCH = 18 };

static int up;
static char text[16384];

static const char *get(int card, const char *key, const char *otherwise) {
    static char value[256];
    char line[64];
    if (card < 0) snprintf(line, sizeof line, "\n%s=", key);
    else snprintf(line, sizeof line, "\ngpu%d.%s=", card, key);
    const char *at = strstr(text, line);
    if (!at) return otherwise;
    at += strlen(line);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\n"), at);
    return value;
}

static long number(int card, const char *key) { return atol(get(card, key, "0")); }
static unsigned long long mib(int card, const char *key) {
    return (unsigned long long)number(card, key) << 20;
}
static int card_of(Device device) { return (int)((size_t)device - 1); }
static Result put(char *out, unsigned size, const char *word) {
    if (!out || strlen(word) + 1 > size) return INSUFFICIENT_SIZE;
    strcpy(out, word);
    return SUCCESS;
}

Result nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    const char *named = getenv("EUGUARD_FAKE_NVML");
    FILE *file = fopen(named ? named : "/etc/euguard-FAKE-gpu.conf", "r");
    if (!file) return DRIVER_NOT_LOADED;
    text[0] = '\n';
    text[1 + fread(text + 1, 1, sizeof text - 2, file)] = 0;
    fclose(file);
    if (number(-1, "crash")) abort();
    if (number(-1, "hang")) for (;;) pause();
    if (number(-1, "mismatch")) return LIB_RM_VERSION_MISMATCH;
    up = 1;
    return SUCCESS;
}
Result nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
Result nvmlShutdown(void) { up = 0; return SUCCESS; }
const char *nvmlErrorString(Result result) { return result ? "error (FAKE)" : "success (FAKE)"; }

Result nvmlSystemGetDriverVersion(char *out, unsigned size) {
    return up ? put(out, size, get(-1, "driver", "")) : UNINITIALIZED;
}
Result nvmlSystemGetCudaDriverVersion(int *version) {
    *version = (int)number(-1, "cuda");
    return up ? SUCCESS : UNINITIALIZED;
}
Result nvmlDeviceGetCount_v2(unsigned *count) {
    *count = (unsigned)number(-1, "count");
    return up ? SUCCESS : UNINITIALIZED;
}
Result nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *device) {
    if (index >= (unsigned)number(-1, "count")) return INVALID_ARGUMENT;
    *device = (Device)(size_t)(index + 1);
    return SUCCESS;
}

Result nvmlDeviceGetName(Device d, char *out, unsigned size) {
    return put(out, size, get(card_of(d), "name", ""));
}
Result nvmlDeviceGetUUID(Device d, char *out, unsigned size) {
    char uuid[64];
    snprintf(uuid, sizeof uuid, "GPU-FAKE0000-0000-0000-0000-%012d", card_of(d));
    return put(out, size, uuid);
}
struct memory { unsigned long long total, free, used; };
Result nvmlDeviceGetMemoryInfo(Device d, struct memory *m) {
    int card = card_of(d);
    m->total = mib(card, "total_mib");
    m->used = mib(card, "used_mib") + mib(card, "reserved_mib");
    m->free = m->total - m->used;
    return SUCCESS;
}
Result nvmlDeviceGetCudaComputeCapability(Device d, int *major, int *minor) {
    return sscanf(get(card_of(d), "cc", "0.0"), "%d.%d", major, minor) == 2 ? SUCCESS : INVALID_ARGUMENT;
}
Result nvmlDeviceGetMigMode(Device d, unsigned *current, unsigned *pending) {
    *current = *pending = (unsigned)number(card_of(d), "mig");
    return SUCCESS;
}
Result nvmlDeviceGetEccMode(Device d, unsigned *current, unsigned *pending) {
    *current = *pending = (unsigned)number(card_of(d), "ecc");
    return SUCCESS;
}
Result nvmlDeviceGetTotalEccErrors(Device d, int type, int counter, unsigned long long *count) {
    (void)counter;
    *count = type == 1 ? (unsigned long long)number(card_of(d), "uncorrected") : 0;
    return SUCCESS;
}
Result nvmlDeviceGetRemappedRows(Device d, unsigned *corrected, unsigned *uncorrected,
                                 unsigned *pending, unsigned *failed) {
    *corrected = *uncorrected = *pending = 0;
    *failed = (unsigned)number(card_of(d), "remap_failure");
    return SUCCESS;
}
Result nvmlDeviceGetPowerManagementLimit(Device d, unsigned *milliwatts) {
    *milliwatts = (unsigned)number(card_of(d), "limit_w") * 1000;
    return SUCCESS;
}
Result nvmlDeviceGetPowerManagementDefaultLimit(Device d, unsigned *milliwatts) {
    *milliwatts = (unsigned)number(card_of(d), "default_w") * 1000;
    return SUCCESS;
}
Result nvmlDeviceGetPersistenceMode(Device d, unsigned *mode) {
    *mode = (unsigned)number(card_of(d), "persistence");
    return SUCCESS;
}
struct process { unsigned pid; unsigned long long used; unsigned instance, compute; };
Result nvmlDeviceGetComputeRunningProcesses_v3(Device d, unsigned *count, struct process *out) {
    unsigned there = (unsigned)number(card_of(d), "processes"), room = *count;
    char key[32];
    *count = there;
    if (room < there) return INSUFFICIENT_SIZE;
    for (unsigned i = 0; i < there; i++) {
        snprintf(key, sizeof key, "process%u.pid", i);
        out[i].pid = (unsigned)number(card_of(d), key);
        snprintf(key, sizeof key, "process%u.mib", i);
        out[i].used = mib(card_of(d), key);
        out[i].instance = out[i].compute = 0xFFFFFFFF;
    }
    return SUCCESS;
}
