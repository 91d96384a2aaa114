using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;

namespace Reflux.Grains.Students;

/// <summary>The jobs that wait for a student's trainer. Lives in the grain's memory: whoever waits for a job is gone when the grain is.</summary>
internal sealed class JobBoard(TimeProvider time)
{
    /// <summary>Most jobs that may wait at once.</summary>
    public const int Capacity = 64;

    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, Entry> _entries = [];

    /// <summary>Jobs without an outcome, oldest first.</summary>
    public List<StudentJob> Pending => [.. _entries.Values.Where(e => !e.Outcome.Task.IsCompleted).OrderBy(e => e.CreatedAt).Select(e => e.Job)];

    /// <summary>Adds a job and forgets old ones.</summary>
    public Guid Add(string kind, string argumentsJson)
    {
        foreach (var old in _entries.Values.Where(e => e.DoneAt is { } at && time.GetElapsedTime(at) > KeepFor).ToList())
        {
            _entries.Remove(old.Job.Id);
        }

        if (_entries.Values.Count(e => e.DoneAt is null) >= Capacity)
        {
            throw new GrainFault(ErrorCodes.BackPressure, $"{Capacity} jobs wait for this student already", "Wait for some of them to end, then try again.");
        }

        var job = new StudentJob { Id = Guid.NewGuid(), Kind = kind, ArgumentsJson = argumentsJson };
        _entries.Add(job.Id, new Entry(job, time.GetTimestamp()));
        return job.Id;
    }

    /// <summary>Ends a job; the first outcome stands.</summary>
    public void Complete(Guid id, JobOutcome outcome)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Outcome.TrySetResult(outcome))
        {
            entry.DoneAt = time.GetTimestamp();
        }
    }

    /// <summary>Ends every job that still waits.</summary>
    public void FailAll(RefluxException error)
    {
        foreach (var job in Pending)
        {
            Complete(job.Id, JobOutcome.Failed(error));
        }
    }

    /// <summary>The outcome to come, or null for a job that is not known.</summary>
    public Task<JobOutcome>? Outcome(Guid id) => _entries.TryGetValue(id, out var entry) ? entry.Outcome.Task : null;

    private sealed class Entry(StudentJob job, long createdAt)
    {
        public StudentJob Job { get; } = job;

        public long CreatedAt { get; } = createdAt;

        public long? DoneAt { get; set; }

        public TaskCompletionSource<JobOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
