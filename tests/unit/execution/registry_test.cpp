#include <starmap/detail/kernel.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>

using namespace starmap::detail;

namespace {

template <int i>
struct RegisteredTask final : Kernel {
    static std::unique_ptr<Kernel> open(ByteReader&) { return std::make_unique<RegisteredTask>(); }
    void run(ChunkRun&) override {}
};
struct RegisteredSum {
    static void call() {}
};

} // namespace

TEST_CASE("types are numbered by their names, once each, and found again by number")
{
    auto const& a = registration_of<RegisteredTask<1>>;
    auto const& b = registration_of<RegisteredTask<2>>;
    auto const& sum = combiner_registration<RegisteredSum>;
    freeze_registry();
    auto const digest = registry_digest();
    freeze_registry();
    CHECK(registry_digest() == digest);
    REQUIRE(registry_size() >= 3);
    CHECK(a.index() != b.index());
    CHECK(&registered(a.index()) == &a);
    CHECK(&registered(b.index()) == &b);
    CHECK((registered(sum.index()).function != nullptr));
    CHECK((registered(a.index()).open != nullptr));
    for (std::uint32_t i = 0; i < registry_size(); ++i) {
        CHECK(registered(i).index() == i);
        if (i > 0) CHECK(std::strcmp(registered(i - 1).type, registered(i).type) < 0);
    }
    CHECK_THROWS_AS(registered(registry_size()), starmap::ProtocolError);
    CHECK_THROWS_AS(registered(~0U), starmap::ProtocolError);
}

TEST_CASE("type names are read as they were written")
{
    CHECK(demangle(typeid(starmap::UsageError).name()) == "starmap::UsageError");
    CHECK(demangle("no mangled name") == "no mangled name");
}
