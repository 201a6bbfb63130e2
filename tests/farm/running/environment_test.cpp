#include "run/environment.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace starmap::farm;

namespace {

std::string text(char const* value) { return value == nullptr ? "(not set)" : value; }

} // namespace

TEST_CASE("devices are dealt out to the workers of a node")
{
    CHECK(device(nullptr, 5, 4) == "1");
    CHECK(device("", 2, 4) == "2");
    CHECK(device("4,5,6,7", 1, 4) == "5");
    CHECK(device("4,5,6,7", 6, 4) == "6");
    CHECK(device("GPU-ab,GPU-cd", 3, 4) == "GPU-cd");
    CHECK(device("4,5,6,7", 3, 2) == "5");
}

TEST_CASE("the environment of a command")
{
    std::array<char const*, 12> const own{"HOME=/home/x",
                                          "OMPI_COMM_WORLD_RANK=3",
                                          "PMIX_RANK=3",
                                          "OMPI_MCA_pmix=^s1,s2,cray,isolated",
                                          "OMPI_MCA_ess=^singleton",
                                          "OMPI_MCA_btl=self,vader",
                                          "SLURM_JOB_ID=12",
                                          "SLURM_STEP_ID=0",
                                          "SLURM_PROCID=3",
                                          "CUDA_VISIBLE_DEVICES=2,3",
                                          "STARMAP_SEED=1",
                                          nullptr};
    TaskPlace place;
    place.seed = 42;
    place.local_worker = 1;
    place.gpus = 2;
    place.mark = "1.2";
    std::vector<std::string> const assignments{"A=b=c", "STARMAP_SEED=9"};
    CommandEnvironment const environment(own.data(), place, assignments);
    CHECK(text(environment.value("HOME")) == "/home/x");
    for (auto const* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "OMPI_MCA_pmix", "OMPI_MCA_ess",
                             "SLURM_STEP_ID", "SLURM_PROCID"})
        CHECK_MESSAGE(environment.value(name) == nullptr, name);
    CHECK(text(environment.value("OMPI_MCA_btl")) == "self,vader");
    CHECK(text(environment.value("SLURM_JOB_ID")) == "12");
    CHECK(text(environment.value("CUDA_VISIBLE_DEVICES")) == "3");
    CHECK(text(environment.value("ZE_AFFINITY_MASK")) == "1");
    CHECK(text(environment.value("A")) == "b=c");
    CHECK(text(environment.value("STARMAP_SEED")) == "9");
    CHECK(text(environment.value(mark_variable)) == "1.2");
}

TEST_CASE("threads: the user's word counts, a worker's share is not less than the cores")
{
    auto const threads = [](std::vector<char const*> own, unsigned cores, bool share) {
        own.push_back(nullptr);
        TaskPlace place;
        place.cores = cores;
        place.shares_threads = share;
        return text(CommandEnvironment(own.data(), place, {}).value("OMP_NUM_THREADS"));
    };
    CHECK(threads({}, 1, false) == "1");
    CHECK(threads({}, 4, false) == "4");
    CHECK(threads({"OMP_NUM_THREADS=2"}, 4, false) == "2");
    CHECK(threads({"OMP_NUM_THREADS="}, 4, false) == "4");
    CHECK(threads({"OMP_NUM_THREADS=2"}, 4, true) == "4");
    CHECK(threads({"OMP_NUM_THREADS=8"}, 4, true) == "8");
}
