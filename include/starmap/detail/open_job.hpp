#pragma once

#include <starmap/detail/job.hpp>
#include <starmap/error.hpp>
#include <starmap/stats.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap::detail {

/// `left + right`, by += where there is one.
struct Add {
    template <class R>
    R operator()(R&& left, R&& right) const
    {
        if constexpr (std::is_arithmetic_v<R>) {
            return static_cast<R>(left + right);
        } else if constexpr (requires { left += std::move(right); }) {
            left += std::move(right);
            return std::move(left);
        } else {
            return std::move(left) + std::move(right);
        }
    }
};

template <class R>
concept Addable = requires(R a, R b)
{
    a += std::move(b);
}
|| requires(R a, R b)
{
    {
        std::move(a) + std::move(b)
        } -> std::convertible_to<R>;
};

[[noreturn]] void refuse_second_use(std::string const& name);

/// Opens a job, and leaves it in order however the scope is left. It shares in the job, so that
/// results can outlive a Starmap that was a temporary.
class OpenJob {
public:
    OpenJob(Engine& engine, std::shared_ptr<Job> job) : engine_(engine), job_(std::move(job))
    {
        engine.open(*job_);
    }
    OpenJob(OpenJob const&) = delete;
    OpenJob& operator=(OpenJob const&) = delete;
    ~OpenJob()
    {
        if (!done_) engine_.abandon(*job_);
    }
    bool advance()
    {
        if (!done_) done_ = !engine_.advance(*job_);
        return !done_;
    }
    void stop()
    {
        if (!done_) engine_.stop(*job_);
    }
    void run()
    {
        while (advance()) {
        }
    }

private:
    Engine& engine_;
    std::shared_ptr<Job> job_;
    bool done_ = false;
};

/// What all Starmaps have, whatever their result.
class StarmapBase {
public:
    /// What failed under OnFailure::collect, or so far.
    std::vector<TaskError> const& failures() const { return any_job().failures; }
    /// The bookkeeping: complete once the Starmap was consumed.
    Stats const& stats() const { return any_job().stats; }

protected:
    StarmapBase(Engine& engine, std::string name) : engine_(&engine), name_(std::move(name)) {}
    StarmapBase(StarmapBase&&) noexcept = default;
    StarmapBase& operator=(StarmapBase&&) noexcept = default;
    virtual ~StarmapBase() = default;

    virtual Job const& any_job() const = 0;
    void use()
    {
        if (std::exchange(used_, true)) refuse_second_use(name_);
    }

    Engine* engine_;
    std::string name_;
    bool used_ = false;
};

} // namespace starmap::detail
