#include "run/pattern.hpp"

#include "run/words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace starmap::farm;

namespace {

std::string pattern(std::string const& line) { return pattern_of(split_words(line)); }

} // namespace

TEST_CASE("a pattern keeps what parameters do not change")
{
    CHECK(pattern("./bin/sim --alpha=3 -j4 x.dat 7 8") == "sim --alpha=# -j# *");
    CHECK(pattern("sim --alpha 0.25 --out a.dat b.dat") == "sim --alpha # --out *");
    CHECK(pattern("sim --mode=fast --seed=-1e3") == "sim --mode=* --seed=#");
    CHECK(pattern("sim 1 2 3") == "sim #");
    CHECK(pattern("sim 1 a 3 b") == "sim *");
    CHECK(pattern("sim -3 -x -") == "sim # -x *");
    CHECK(pattern("sim nan inf 0x10 1e999 +5") == "sim *");
    CHECK(pattern("A=1 B=x ./sim") == "sim");
    CHECK(pattern("env A=1 ./sim 3") == "sim #");
    CHECK(pattern("env -i ./sim") == "env -i *");
    CHECK(pattern("/usr/bin/") == "bin");
    CHECK(pattern("/") == "/");
    CHECK(pattern("''") == "");
    CHECK(pattern("A=1") == "");
}

TEST_CASE("an interpreter goes by its script")
{
    CHECK(pattern("python3 -u scripts/fit.py --n 3") == "fit.py --n #");
    CHECK(pattern("python3.11 fit.py") == "fit.py");
    CHECK(pattern("OMP_NUM_THREADS=4 /usr/bin/python3 -W ignore fit.py 7") == "fit.py #");
    CHECK(pattern("python3 -m pkg.fit --n 3") == "pkg.fit --n #");
    CHECK(pattern("python3 -c 'print(3)' 4") == "python3 -c *");
    CHECK(pattern("bash run.sh 1 2") == "run.sh #");
    CHECK(pattern("Rscript --vanilla fit.R x") == "fit.R *");
    CHECK(pattern("julia -t 4 --project=. fit.jl 3") == "fit.jl #");
    CHECK(pattern("perl -I lib fit.pl") == "fit.pl");
    CHECK(pattern("python3") == "python3");
    CHECK(pattern("pythonic fit.py") == "pythonic *");
    CHECK(program_of(split_words("bash ./run.sh 1")) == "run.sh");
}

TEST_CASE("a pattern fits into the record")
{
    CHECK(pattern("sim " + std::string(80, 'x')) == "sim *");
    auto const options = pattern("sim --" + std::string(80, 'x'));
    CHECK(options.size() == 63);
    // 31 letters of two bytes and a half: the half is left out.
    std::string name;
    for (int i = 0; i < 40; ++i) name += "\xc3\xa4";
    CHECK(pattern(name).size() == 62);
    CHECK(pattern("'a\tb'") == "a?b");
    CHECK(pattern("./_private 3") == "./_private #");
}

TEST_CASE("there are not too many names")
{
    PatternLimit limit("commands.txt", 3);
    auto const name = [&](std::string const& line) { return limit.name_of(split_words(line)); };
    CHECK(name("sim --a") == "sim --a");
    CHECK(name("sim --b") == "sim --b");
    CHECK(name("sim --c") == "sim --c");
    CHECK(name("sim --d") == "sim");
    CHECK(name("sim --b") == "sim --b"); // known before
    CHECK(name("p2 --a") == "p2");
    CHECK(name("p3 --a") == "p3");
    CHECK(name("p4 --a") == "commands.txt");
    CHECK(name("sim --e") == "sim");
}
