#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace simulation {

/// A function that can stop in its middle and go on later, in the same thread: how a simulated
/// process can be in a task while the manager and others go on.
class Fibre {
public:
    explicit Fibre(std::function<void()> body);
    Fibre(Fibre const&) = delete;
    Fibre& operator=(Fibre const&) = delete;
    /// It must have ended.
    ~Fibre();

    /// Goes on until it stops or ends; not to be called inside a fibre.
    void resume();
    bool ended() const noexcept { return ended_; }
    /// Inside one: back to the one that resumed it. Not in a catch block, as exceptions that are
    /// being handled are kept in one stack for the whole thread.
    static void stop();
    static bool inside() noexcept { return current_ != nullptr; }

private:
    static void enter();

    inline static Fibre* current_ = nullptr;
    std::function<void()> body_;
    std::unique_ptr<std::byte[]> stack_;
    ucontext_t own_{};
    ucontext_t outer_{};
    bool ended_ = false;
};

} // namespace simulation
