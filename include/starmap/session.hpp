#pragma once

#include <starmap/detail/job.hpp>
#include <starmap/detail/source.hpp>
#include <starmap/detail/task_job.hpp>
#include <starmap/options.hpp>
#include <starmap/settings.hpp>
#include <starmap/starmap_class.hpp>
#include <starmap/task.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace starmap {

/// What main gets on rank 0: the way to make tasks. All three ways are lazy; an input that is an
/// lvalue is referred to and must outlive the Starmap, an rvalue is moved in.
class Session {
public:
    /// Made by run().
    explicit Session(detail::Engine& engine) : engine_(engine) {}
    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;

    Settings const& settings() const { return engine_.settings(); }
    /// Workers that run tasks; at least 1.
    std::uint32_t workers() const { return engine_.workers(); }

    /// One task an element of `arguments`; a std::tuple is unpacked: f(arg...).
    template <class F, std::ranges::input_range Range>
    auto starmap(F f, Range&& arguments, Options<detail::ItemOf<Range>> options = {})
    {
        static_assert(detail::CheckedCallable<F>::ok);
        return make<detail::Form::starmap>(std::move(f), std::forward<Range>(arguments),
                                           std::tuple<>(), std::move(options));
    }

    /// No task yet; they are added by submit(arg...). `f` must have one signature.
    template <class F>
    auto starmap(F f)
    {
        static_assert(detail::CheckedCallable<F>::ok);
        if constexpr (detail::CheckedSignature<F>::ok)
            return make_submittable(std::move(f), {}, typename detail::Signature<F>::type{});
    }
    template <class F>
    auto starmap(F f, Options<typename detail::Signature<F>::tuple> options)
    {
        static_assert(detail::CheckedCallable<F>::ok);
        return make_submittable(std::move(f), std::move(options),
                                typename detail::Signature<F>::type{});
    }

    /// One task a chunk of items, split by weight and key: f(std::span<Item const>, shared...).
    template <class F, std::ranges::input_range Range, class... S>
    auto apply(F f, Range&& items, Shared<S...> shared, Options<detail::ItemOf<Range>> options = {})
    {
        static_assert(detail::CheckedCallable<F>::ok);
        return make<detail::Form::apply>(std::move(f), std::forward<Range>(items),
                                         std::move(shared.values), std::move(options));
    }
    template <class F, std::ranges::input_range Range>
    auto apply(F f, Range&& items, Options<detail::ItemOf<Range>> options = {})
    {
        return apply(std::move(f), std::forward<Range>(items), Shared<>{}, std::move(options));
    }

    /// One task an item: f(item, shared...); the runtime groups items into chunks.
    template <class F, std::ranges::input_range Range, class... S>
    auto map(F f, Range&& items, Shared<S...> shared, Options<detail::ItemOf<Range>> options = {})
    {
        static_assert(detail::CheckedCallable<F>::ok);
        return make<detail::Form::map>(std::move(f), std::forward<Range>(items),
                                       std::move(shared.values), std::move(options));
    }
    template <class F, std::ranges::input_range Range>
    auto map(F f, Range&& items, Options<detail::ItemOf<Range>> options = {})
    {
        return map(std::move(f), std::forward<Range>(items), Shared<>{}, std::move(options));
    }

private:
    template <detail::Form form, class F, class Range, class... S>
    auto make(F f, Range&& range, std::tuple<S...> shared, Options<detail::ItemOf<Range>> options)
    {
        using Item = detail::ItemOf<Range>;
        using Call = detail::TaskCall<form, F, Item, S...>;
        if constexpr (detail::CheckedCall<Call, Item, S...>::ok) {
            using R = typename Call::Result;
            static_assert(detail::CheckedResult<R>::ok);
            using Source = detail::SourceFor<Range>;
            bool const keep = options.weight || options.key || options.max_weight ||
                              options.concurrent_tasks || settings().concurrent_tasks != 0 ||
                              options.retries_by || options.label;
            Source source(std::forward<Range>(range), keep);
            return Starmap<R>(engine_, std::make_unique<detail::TaskJob<form, R, F, Source, S...>>(
                                           std::move(f), std::move(source), std::move(shared),
                                           std::move(options), settings()));
        }
    }

    template <class F, class... Args>
    auto make_submittable(F f, Options<std::tuple<Args...>> options, detail::TypeList<Args...>)
    {
        using Call = detail::TaskCall<detail::Form::starmap, F, std::tuple<Args...>>;
        if constexpr (detail::CheckedCall<Call, Args...>::ok) {
            using R = typename Call::Result;
            static_assert(detail::CheckedResult<R>::ok);
            using Source = detail::SubmitSource<Args...>;
            auto job = std::make_unique<detail::TaskJob<detail::Form::starmap, R, F, Source>>(
                std::move(f), Source(), std::tuple<>(), std::move(options), settings());
            auto& source = job->source();
            return Starmap<R, Args...>(engine_, std::move(job), source);
        }
    }

    detail::Engine& engine_;
};

namespace detail {
int run_session(Settings settings, int& argc, char** argv,
                std::function<int(Session&)> const& main);
}

/// Starts the ranks, lets rank 0 enter `main(Session&)` (which returns nothing, or an exit code),
/// makes all others serve tasks, and returns the exit code on every rank. Removes the arguments
/// --starmap-... from argv. An exception that leaves main is printed: exit code 1. Wrong settings:
/// exit code 2.
template <class Main>
int run(Settings settings, int& argc, char** argv, Main&& main)
{
    return detail::run_session(std::move(settings), argc, argv, [&main](Session& session) -> int {
        if constexpr (std::is_void_v<std::invoke_result_t<Main&, Session&>>) {
            std::invoke(main, session);
            return 0;
        } else {
            return std::invoke(main, session);
        }
    });
}
template <class Main>
int run(int& argc, char** argv, Main&& main)
{
    return run(Settings{}, argc, argv, std::forward<Main>(main));
}

} // namespace starmap
