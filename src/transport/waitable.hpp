#pragma once

#include <cstddef>
#include <span>

namespace starmap::transport {

/// What a process can wait on while there is nothing to do.
class Waitable {
public:
    virtual ~Waitable() = default;

    /// Bytes handed on that have not left yet; as long as there are any, nobody waits for long.
    virtual std::size_t unsent() const = 0;
    /// A descriptor that has input when a frame may have come; -1: there is none.
    virtual int bell() const { return -1; }
    /// The bell tells of all that is to come, so there is no need to look meanwhile.
    virtual bool bell_tells_all() const { return false; }
    /// What has rung so far has been heard.
    virtual void hush() {}
    /// Leaves the core to others for at most so long; the bell ends it sooner, and so does input of
    /// one of the other descriptors.
    virtual void wait(double seconds, std::span<int const> others = {});
};

/// Two of them at once.
class Either final : public Waitable {
public:
    /// Both must outlive it.
    Either(Waitable& first, Waitable& second) : first_(first), second_(second) {}

    std::size_t unsent() const override { return first_.unsent() + second_.unsent(); }
    bool bell_tells_all() const override
    {
        return first_.bell_tells_all() && second_.bell_tells_all();
    }
    void hush() override;
    void wait(double seconds, std::span<int const> others = {}) override;

private:
    Waitable& first_;
    Waitable& second_;
};

/// Waits until one of the descriptors has input, at most so many seconds; those below 0 have none.
void wait_for_input(std::span<int const> descriptors, double seconds,
                    std::span<int const> others = {});

/// From now on a wait of this thread ends when it is due: Linux lets it run over by 50 us, so as to
/// wake a core less often, which is more than most of ours last.
void end_waits_in_time() noexcept;

} // namespace starmap::transport
