#include <starmap/task.hpp>

#include <doctest/doctest.h>

namespace {
int named_function(int i) { return i; }
struct NamedObject {
    int operator()(int i) const { return i; }
};
template <class T>
struct Pattern {
    T operator()(T i) const { return i; }
};
} // namespace

TEST_CASE("a callable has the name that its author gave it")
{
    using starmap::detail::CallableName;
    CHECK(CallableName<starmap::Fn<named_function>>::get() == "named_function");
    CHECK(CallableName<NamedObject>::get() == "NamedObject");
    CHECK(CallableName<Pattern<int>>::get().find("Pattern") == 0);
    auto lambda = [](int i) { return i; };
    CHECK(CallableName<decltype(lambda)>::get() == "lambda");
}
