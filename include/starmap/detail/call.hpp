#pragma once

#include <starmap/emitter.hpp>
#include <starmap/fn.hpp>
#include <starmap/monitor.hpp>

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace starmap::detail {

template <class... T>
struct TypeList {
};

/// The decayed parameter types of a callable with one signature, less a final Monitor& and
/// Emitter<R>&; `Emitted` is R if there is one.
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
template <class... Kept, class R>
struct ParameterList<TypeList<Kept...>, Emitter<R>&> : ParameterList<TypeList<Kept...>> {
    using Emitted = R;
};
template <class... Kept, class R>
struct ParameterList<TypeList<Kept...>, Monitor&, Emitter<R>&>
    : ParameterList<TypeList<Kept...>, Emitter<R>&> {
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

/// What a callable emits, if it takes an Emitter.
template <class F>
struct Emits {
    static constexpr bool any = false;
    using Result = void;
};
template <class F>
requires requires { typename Signature<F>::Emitted; }
struct Emits<F> {
    static constexpr bool any = true;
    using Result = typename Signature<F>::Emitted;
};
template <class F>
inline constexpr bool emits = Emits<F>::any;

/// What a callable may take behind its arguments.
template <class F>
struct Companions {
    Monitor& monitor;
    Emitter<typename Emits<F>::Result>* emitter = nullptr; ///< not null if F emits
};

template <class F, class... Args>
decltype(auto) call_plain(F const& f, Monitor& monitor, Args&&... args)
{
    if constexpr (std::is_invocable_v<F const&, Args..., Monitor&>)
        return std::invoke(f, std::forward<Args>(args)..., monitor);
    else
        return std::invoke(f, std::forward<Args>(args)...);
}

/// Calls a task with what it takes of its companions.
template <class F, class... Args>
decltype(auto) call_task(F const& f, Companions<F> const& with, Args&&... args)
{
    if constexpr (!emits<F>)
        return call_plain(f, with.monitor, std::forward<Args>(args)...);
    else if constexpr (std::is_invocable_v<F const&, Args..., Monitor&, decltype(*with.emitter)>)
        return std::invoke(f, std::forward<Args>(args)..., with.monitor, *with.emitter);
    else
        return std::invoke(f, std::forward<Args>(args)..., *with.emitter);
}

template <class F, class... Args>
inline constexpr bool is_task_for =
    emits<F>
        ? std::is_invocable_v<F const&, Args..., Monitor&, Emitter<typename Emits<F>::Result>&> ||
              std::is_invocable_v<F const&, Args..., Emitter<typename Emits<F>::Result>&>
        : std::is_invocable_v<F const&, Args..., Monitor&> ||
              std::is_invocable_v<F const&, Args...>;

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
    static constexpr bool takes_monitor = std::is_invocable_v<F const&, Args..., Monitor&>;
    using Returned = std::decay_t<decltype(call_task(
        std::declval<F const&>(), std::declval<Companions<F> const&>(), std::declval<Args>()...))>;
    static constexpr bool returns_well = !emits<F> || std::is_void_v<Returned>;
    using Result = std::conditional_t<emits<F>, typename Emits<F>::Result, Returned>;
};

} // namespace starmap::detail
