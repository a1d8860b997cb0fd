/* A plugin of qemu-user that counts the instructions of an emulated program by stage.
 *
 * The program enters stage N with the system call getpgid(FIRST_STAGE + N). When it exits, a line
 * "instructions N COUNT" for each stage is written to standard error. The count is exact for a
 * program with one thread.
 *
 * No package of Debian 12 has qemu-plugin.h, so what is used of it is declared here: version 1 of
 * the interface, which QEMU 4.2 to 8.2 have (docs/devel/tcg-plugins.rst of QEMU).
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info_t;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block,
                                              enum qemu_plugin_op operation, void *number,
                                              uint64_t operand);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t,
                                                            struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id,
                                          void (*callback)(qemu_plugin_id_t, unsigned, int64_t,
                                                           uint64_t, uint64_t, uint64_t, uint64_t,
                                                           uint64_t, uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                    void (*callback)(qemu_plugin_id_t, void *), void *data);

EXPORTED int qemu_plugin_version = 1;

/* The number of getpgid in the table of 64-bit ARM. */
static const int64_t GETPGID = 155;
static const uint64_t FIRST_STAGE = 0x5a6e0000;
enum { STAGES = 32 };

static uint64_t executed, counted;
static uint64_t instructions[STAGES];
static uint64_t stage;

static void on_block(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &executed,
                                             qemu_plugin_tb_n_insns(block));
}

static void end_stage(void)
{
    instructions[stage] += executed - counted;
    counted = executed;
}

static void on_syscall(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2,
                       uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    (void)id, (void)cpu, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
    if (number == GETPGID && a1 >= FIRST_STAGE && a1 < FIRST_STAGE + STAGES) {
        end_stage();
        stage = a1 - FIRST_STAGE;
    }
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
    (void)id, (void)data;
    end_stage();
    for (int each = 0; each < STAGES; each++)
        if (instructions[each])
            fprintf(stderr, "instructions %d %" PRIu64 "\n", each, instructions[each]);
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int count,
                                 char **arguments)
{
    (void)info, (void)count, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
    qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
