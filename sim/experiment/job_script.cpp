#include "experiment/job_script.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace reformsim {
namespace {

constexpr int kMegabytes = 500;  // for each thread: thousands of schools need less

constexpr const char* kSlurm = R"(#!/bin/sh
# An array of {shards} shards of one sweep. Submit with: sbatch THIS_FILE
#SBATCH --job-name=reformsim
#SBATCH --array=1-{shards}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={threads}
#SBATCH --time=01:00:00          # longest time of a shard; what is not done by then is done by the next start
#SBATCH --mem-per-cpu={each}M       # `reformsim sweep --dry-run` says what a thread needs
#SBATCH --output={log}
#SBATCH --open-mode=append       # a task that was started again adds to its log
#SBATCH --requeue                # a task whose node fails starts again, and goes on where it was
#SBATCH --signal=USR1@60         # a minute before the time is up the sweep stops by itself

cd {here} || exit 1
mkdir -p {folder}
stopped=0
srun --ntasks=1 {command} --shard "$SLURM_ARRAY_TASK_ID/{shards}" --threads "$SLURM_CPUS_PER_TASK" \
  --quiet{options} || stopped=$?

# 130: stopped by a signal before it was done. Everything finished is kept; the task goes back into the queue.
if [ "$stopped" -eq 130 ]; then
  scontrol requeue "$SLURM_JOB_ID"
  exit 0
fi
exit "$stopped"

# When all tasks are done:
#   {merge}
)";

constexpr const char* kPbs = R"(#!/bin/sh
# An array of {shards} shards of one sweep. Submit with: qsub THIS_FILE
#PBS -N reformsim
#PBS -J 1-{shards}
#PBS -l select=1:ncpus={threads}:mem={memory}mb
#PBS -l walltime=01:00:00
#PBS -r y
#PBS -j oe
#PBS -o {log}

# What is not done when the time is up is done by the next start of the same task: submit the file again.
cd {here} || exit 1
mkdir -p {folder}
{command} --shard "$PBS_ARRAY_INDEX/{shards}" --threads {threads} --quiet{options}

# When all tasks are done:
#   {merge}
)";

// The value of a directive: no shell reads it. Of slurm % is special, and what is not plain stands
// in double quotes.
std::string log_of(const JobScript& job) {
  const bool slurm = job.scheduler == "slurm";
  std::string text;
  bool plain = true;
  for (const char c : job.directory) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '%' && slurm) text += '%';
    text += c;
    plain = plain && shell_word(std::string(1, c)).size() == 1;
  }
  text += slurm ? "/shard-%a.log" : "/";
  return plain ? text : fmt::format("\"{}\"", text);
}

}  // namespace

const std::vector<std::string>& schedulers() {
  static const std::vector<std::string> names = {"slurm", "pbs"};
  return names;
}

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=,:@%+").find(c) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string job_script(const JobScript& job) {
  std::string options;
  for (const std::string& option : job.options) options += " " + option;
  const std::string command = fmt::format("{} sweep {} -o {}", shell_word(job.program),
                                          shell_word(job.plan), shell_word(job.directory));
  const std::string merge =
      fmt::format("{} merge {}", shell_word(job.program), shell_word(job.directory));
  return fmt::format(fmt::runtime(job.scheduler == "slurm" ? kSlurm : kPbs),
                     fmt::arg("shards", job.shards), fmt::arg("threads", job.threads),
                     fmt::arg("each", kMegabytes), fmt::arg("memory", kMegabytes * job.threads),
                     fmt::arg("log", log_of(job)), fmt::arg("here", shell_word(job.here)),
                     fmt::arg("folder", shell_word(job.directory)), fmt::arg("command", command),
                     fmt::arg("options", options), fmt::arg("merge", merge));
}

}  // namespace reformsim
