#pragma once

#include "core/job.hpp"

#include <stdexcept>
#include <string>
#include <vector>

/// A command line that cannot be followed.
class Misused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a command line asks for.
struct Request {
    hazard::Job job;
    std::string output = "curves.h5"; ///< HDF5 file
    std::string csv;                  ///< CSV file; empty: none
    std::vector<std::string> warnings;
};

/// Reads the command line, and the job file if it names one; options hold against that. Throws
/// CLI::ParseError or Misused for wrong arguments, hazard::InputError for what is wrong in files.
Request read_request(int argc, char** argv);
