#include "roles/kept_process.hpp"

#include "records/oom_kills.hpp"
#include "records/usage.hpp"
#include "transport/frame_slots.hpp"
#include "transport/socket_line.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <cstdint>
#include <utility>

namespace starmap::roles {

namespace {

class ForkedProcess final : public KeptProcess {
public:
    explicit ForkedProcess(execution::Zygote& zygote)
        : zygote_(zygote),
          process_(zygote.fork()),
          line_(process_.socket,
                std::shared_ptr<transport::FrameSlots>(process_.place, &process_.place->slots()))
    {
    }

    void send(wire::Parcel frame) override { line_.send(std::move(frame)); }
    std::optional<detail::Bytes> poll() override { return line_.poll(); }
    bool closed() const override { return line_.closed(); }
    std::size_t unsent() const override { return line_.unsent(); }
    int descriptor() const override { return line_.descriptor(); }
    detail::WorkPlace const& place() const override { return process_.place->place(); }
    std::size_t resident_bytes() const override { return records::resident_bytes(process_.pid); }
    void kill() override { zygote_.kill(process_.pid); }
    execution::Death await_death(double patience) override
    {
        auto death = zygote_.await_death(process_.pid, patience);
        auto const killed =
            death.status != -1 && WIFSIGNALED(death.status) && WTERMSIG(death.status) == SIGKILL;
        // Another process of the cgroup may be the one that was counted; then memory is short too.
        if (killed) death.for_memory = records::oom_kills().value_or(0) > oom_kills_;
        return death;
    }

private:
    execution::Zygote& zygote_;
    execution::Forked process_;
    transport::SocketLine line_;
    std::uint64_t oom_kills_ = records::oom_kills().value_or(0); ///< before it began
};

} // namespace

StartProcess forked_by(execution::Zygote& zygote)
{
    return [&zygote] { return std::make_unique<ForkedProcess>(zygote); };
}

} // namespace starmap::roles
