#include "roles/kept_process.hpp"

#include "records/usage.hpp"
#include "transport/frame_slots.hpp"
#include "transport/socket_line.hpp"

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
        return zygote_.await_death(process_.pid, patience);
    }

private:
    execution::Zygote& zygote_;
    execution::Forked process_;
    transport::SocketLine line_;
};

} // namespace

StartProcess forked_by(execution::Zygote& zygote)
{
    return [&zygote] { return std::make_unique<ForkedProcess>(zygote); };
}

} // namespace starmap::roles
