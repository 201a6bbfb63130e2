#pragma once

#include <starmap/detail/emission.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace starmap {

/// What a task gives its results to when it has more than one, or none: a callable gets one by
/// taking a `starmap::Emitter<R>&` as its last parameter (behind a Monitor&, if it takes both), and
/// returns nothing. It is valid during the call only.
///
/// All or nothing: what a task has emitted and submitted counts once the task has ended well; of an
/// attempt that fails nothing is left.
template <class R>
class Emitter {
public:
    /// Made by the runtime.
    explicit Emitter(detail::Emission<R>& emission) : emission_(emission) {}
    Emitter(Emitter const&) = delete;
    Emitter& operator=(Emitter const&) = delete;

    /// Adds a result of this task. Throws what its serialize() throws.
    void emit(detail::NonVoid<R> value) requires(!std::is_void_v<R>)
    {
        emission_.add(std::move(value));
    }
    /// The same: `emitter(value)`.
    void operator()(detail::NonVoid<R> value) requires(!std::is_void_v<R>)
    {
        emission_.add(std::move(value));
    }

    /// Adds a task to this Starmap, with these arguments: those that an element of its input has.
    /// Numbers are converted as in a call, but a whole number must be able to hold the value.
    /// Throws UsageError where the arguments do not fit, and in tasks of apply, whose chunks are
    /// cut from the input alone.
    template <class... Args>
    void submit(Args const&... arguments)
    {
        // An array is passed on as the pointer to its first element.
        std::tuple<std::conditional_t<std::is_array_v<Args>, std::decay_t<Args const>,
                                      Args const&>...> const
        passed(arguments...);
        std::apply(
            [this](auto const&... each) {
                detail::ArgumentRef const refs[] = {{&each, typeid(each)}...,
                                                    {nullptr, typeid(void)}};
                emission_.grow({refs, sizeof...(each)});
            },
            passed);
    }

private:
    detail::Emission<R>& emission_;
};

} // namespace starmap
