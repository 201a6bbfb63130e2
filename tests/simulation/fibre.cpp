#include "simulation/fibre.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace simulation {

namespace {

constexpr std::size_t stack_size = std::size_t{256} << 10;

/// Used again and again: a fresh one costs its page faults.
std::vector<std::unique_ptr<std::byte[]>>& free_stacks()
{
    static std::vector<std::unique_ptr<std::byte[]>> stacks;
    return stacks;
}

} // namespace

Fibre::Fibre(std::function<void()> body) : body_(std::move(body))
{
    auto& free = free_stacks();
    if (free.empty()) {
        stack_ = std::make_unique_for_overwrite<std::byte[]>(stack_size);
    } else {
        stack_ = std::move(free.back());
        free.pop_back();
    }
    ::getcontext(&own_);
    own_.uc_stack.ss_sp = stack_.get();
    own_.uc_stack.ss_size = stack_size;
    own_.uc_link = &outer_;
    ::makecontext(&own_, &Fibre::enter, 0);
}

Fibre::~Fibre()
{
    CHECK(ended_);
    free_stacks().push_back(std::move(stack_));
}

void Fibre::enter()
{
    current_->body_();
    current_->ended_ = true;
}

void Fibre::resume()
{
    REQUIRE(current_ == nullptr);
    current_ = this;
    ::swapcontext(&outer_, &own_);
    current_ = nullptr;
}

void Fibre::stop()
{
    auto* const fibre = current_;
    ::swapcontext(&fibre->own_, &fibre->outer_);
}

} // namespace simulation
