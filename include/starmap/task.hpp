#pragma once

#include <starmap/detail/call.hpp>
#include <starmap/detail/raw.hpp>
#include <starmap/detail/travel.hpp>
#include <starmap/fn.hpp>

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace starmap {

/// Arguments that all tasks of a Starmap have in common; each worker gets them once.
template <class... T>
struct Shared {
    std::tuple<T...> values;
};
/// Copies (or moves) `values` in: `session.map(f, items, starmap::shared(table, grid))`.
template <class... T>
Shared<std::decay_t<T>...> shared(T&&... values)
{
    return {std::tuple<std::decay_t<T>...>(std::forward<T>(values)...)};
}

namespace detail {

template <class F>
constexpr std::string_view pretty_type()
{
    return __PRETTY_FUNCTION__;
}
template <auto Function>
constexpr std::string_view pretty_value()
{
    return __PRETTY_FUNCTION__;
}

template <class F>
inline constexpr bool is_lambda = pretty_type<F>().find("<lambda(") != std::string_view::npos
                                  || pretty_type<F>().find("(lambda at ") != std::string_view::npos;

/// Refuses, with a sentence, what cannot be known on other ranks. A class, not a function: its
/// assertions are then the first thing the compiler reports.
template <class F>
struct CheckedCallable {
    static_assert(!(std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>),
                  "A task cannot be a bare function (its address means nothing on another rank). "
                  "Write starmap::fn<your_function>.");
    static_assert(std::is_class_v<F> || std::is_pointer_v<F>,
                  "A task must be starmap::fn<function>, a lambda without captures, or a function "
                  "object.");
    static_assert(
        !(std::is_class_v<F> && !std::is_empty_v<F> && is_lambda<F>),
        "A task cannot be a lambda with captures (what it captures cannot be sent to other "
        "ranks). Pass the values by starmap::shared(...), or write a function object with "
        "serialize().");
    static_assert(!std::is_class_v<F> || std::is_empty_v<F> || is_lambda<F> ||
                      HasSerializeMember<F> || TravelsRaw<F>,
                  "A task with state must say how it travels. Give the function object a public "
                  "member serialize(Archive&, unsigned).");
    static_assert(
        !std::is_class_v<F> || std::is_empty_v<F> || !points_elsewhere<F>(),
        "The state of a task cannot hold a pointer or a view, as what that points at stays "
        "in the memory of one rank. Let it hold the values, or give it a serialize().");
    static constexpr bool ok = true;
};

/// Refuses, with a sentence, a call that cannot be made. Received are the arguments that the worker
/// reads into fresh objects.
template <class Call, class... Received>
struct CheckedCall {
    static_assert(Call::possible,
                  "The task cannot be called with its input (starmap: the element of the "
                  "arguments, or the parts of the tuple; apply: std::span<Item const>; map: the "
                  "item; then the shared arguments as const references, then Monitor& and "
                  "Emitter<R>& if wanted). Make its parameters fit; values or const references "
                  "do.");
    static_assert(!Call::possible || Call::returns_well,
                  "A task with an Emitter must return nothing (its results are what it emits). "
                  "Call emitter.emit(result) instead of returning it.");
    static_assert((std::is_default_constructible_v<Received> && ...),
                  "An item or argument must have a default constructor (it is received into a "
                  "fresh object). Give its type one.");
    static constexpr bool ok = Call::possible &&
                               (std::is_default_constructible_v<Received> && ...) &&
                               CheckedTravel<Received...>::ok;
};
template <class R>
struct CheckedResult {
    static_assert(std::is_default_constructible_v<R>,
                  "The result of a task must have a default constructor (it is received into a "
                  "fresh object). Give its type one.");
    static constexpr bool ok = CheckedTravel<R>::ok;
};
template <>
struct CheckedResult<void> {
    static constexpr bool ok = true;
};

template <class F>
struct CheckedSignature {
    static_assert(HasSignature<F>,
                  "The parameters of the task cannot be told (it is a template, or has overloads), "
                  "but submit() needs to know them. Give it one operator() with plain parameters.");
    static constexpr bool ok = HasSignature<F>;
};

/// The bare name in what the compiler calls a type or function; "lambda" for a lambda.
std::string bare_name(std::string_view pretty);

template <class F>
struct CallableName {
    static std::string get() { return bare_name(pretty_type<F>()); }
};
template <auto Function>
struct CallableName<Fn<Function>> {
    static std::string get() { return bare_name(pretty_value<Function>()); }
};

} // namespace detail
} // namespace starmap
