#pragma once

#include <starmap/detail/raw.hpp>
#include <starmap/detail/travel.hpp>
#include <starmap/monitor.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace starmap {

/// A free function as a task: `session.map(starmap::fn<f>, items)`. An object of an empty type, so
/// that all ranks know the function by the type.
template <auto Function>
struct Fn {
    template <class... Args>
    requires std::is_invocable_v<decltype(Function), Args...>
    decltype(auto) operator()(Args&&... args) const
    {
        return std::invoke(Function, std::forward<Args>(args)...);
    }
};
template <auto Function>
inline constexpr Fn<Function> fn{};

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

/// True if F can be called with these arguments, with or without a Monitor& behind them.
template <class F, class... Args>
inline constexpr bool takes_monitor = std::is_invocable_v<F const&, Args..., Monitor&>;
template <class F, class... Args>
inline constexpr bool is_task_for =
    takes_monitor<F, Args...> || std::is_invocable_v<F const&, Args...>;

template <class F, class... Args>
decltype(auto) call_task(F const& f, Monitor& monitor, Args&&... args)
{
    if constexpr (takes_monitor<F, Args...>)
        return std::invoke(f, std::forward<Args>(args)..., monitor);
    else
        return std::invoke(f, std::forward<Args>(args)...);
}

template <class F, class... Args>
using TaskResult = std::decay_t<decltype(call_task(
    std::declval<F const&>(), std::declval<Monitor&>(), std::declval<Args>()...))>;

/// Whether F can be called with these, and what that gives; a result that makes no sense must not
/// be the compiler's first error.
template <class F, class... Args>
struct CallWith {
    static constexpr bool possible = false;
};
template <class F, class... Args>
requires is_task_for<F, Args...>
struct CallWith<F, Args...> {
    static constexpr bool possible = true;
    using Result = TaskResult<F, Args...>;
};

/// Refuses, with a sentence, a call that cannot be made. Received are the arguments that the worker
/// reads into fresh objects.
template <class Call, class... Received>
struct CheckedCall {
    static_assert(Call::possible,
                  "The task cannot be called with its input (starmap: the element of the "
                  "arguments, or the parts of the tuple; apply: std::span<Item const>; map: the "
                  "item; then the shared arguments as const references, then Monitor& if "
                  "wanted). Make its parameters fit; values or const references do.");
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

template <class... T>
struct TypeList {
};

/// The decayed parameter types of a callable with one signature, less a final Monitor&.
template <class... Args>
struct ParameterList;
template <class... Kept>
struct ParameterList<TypeList<Kept...>> {
    using type = TypeList<Kept...>;
    using tuple = std::tuple<Kept...>;
};
template <class... Kept>
struct ParameterList<TypeList<Kept...>, Monitor&> : ParameterList<TypeList<Kept...>> {
};
template <class... Kept, class First, class... Rest>
struct ParameterList<TypeList<Kept...>, First, Rest...>
    : ParameterList<TypeList<Kept..., std::decay_t<First>>, Rest...> {
};

/// Of a callable with overloads or template parameters there is none.
template <class F>
struct Signature {
};
template <class F>
requires requires { &F::operator(); }
struct Signature<F> : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> : ParameterList<TypeList<>, A...> {
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : ParameterList<TypeList<>, A...> {
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : ParameterList<TypeList<>, A...> {
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept> : ParameterList<TypeList<>, A...> {
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...)> : ParameterList<TypeList<>, A...> {
};
template <auto Function>
struct Signature<Fn<Function>> : Signature<decltype(Function)> {
};
template <auto Function>
struct Signature<Fn<Function> const> : Signature<decltype(Function)> {
};

template <class F>
concept HasSignature = requires
{
    typename Signature<F>::type;
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
