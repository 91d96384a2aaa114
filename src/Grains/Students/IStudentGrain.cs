using Orleans.Concurrency;
using Reflux.Grains.Definitions;

namespace Reflux.Grains.Students;

/// <summary>
/// A student; the key is its name. It never computes: it holds what is wanted, and the silo that holds the trainer reports, receives directives and
/// completes jobs.
/// </summary>
[Alias("Reflux.IStudent")]
public interface IStudentGrain : IGrainWithStringKey
{
    /// <summary>Creates the student from the JSON of a <see cref="Contracts.Definitions.StudentSpec"/>.</summary>
    /// <exception cref="Faults.GrainFault"><c>invalid-name</c>, <c>invalid-request</c>, <c>name-taken</c>, <c>lane-not-found</c>.</exception>
    [Alias("Create")]
    Task<DefinitionDocument> Create(string specJson);

    /// <summary>The student's definition, or null where there is none.</summary>
    [Alias("Get")]
    Task<DefinitionDocument?> Get();

    /// <summary>The student's definition, state and progress, or null where there is none.</summary>
    [Alias("View")]
    Task<StudentView?> View();

    /// <summary>Asks for a pause: a paused student holds back neither producers nor the log. Pausing a paused one changes nothing.</summary>
    /// <exception cref="Faults.GrainFault"><c>student-not-found</c>.</exception>
    [Alias("Pause")]
    Task<DefinitionDocument> Pause();

    /// <summary>Lets a paused student go on, and has a trainer that has failed tried again.</summary>
    /// <param name="acceptGap">Also accepts that the records are missing before which its log paused it.</param>
    /// <exception cref="Faults.GrainFault"><c>student-not-found</c>; <c>no-gap</c>: there is nothing to accept.</exception>
    [Alias("Resume")]
    Task<DefinitionDocument> Resume(bool acceptGap);

    /// <summary>Deletes the student and fences its trainer off. Its snapshots are no longer listed.</summary>
    /// <exception cref="Faults.GrainFault"><c>student-not-found</c>.</exception>
    [Alias("Delete")]
    Task Delete();

    /// <summary>Sends what is stored to the definitions log again.</summary>
    [Alias("Announce")]
    Task Announce();

    /// <summary>
    /// A silo asks to be the student's only writer. Granted at once where no other silo holds it, or where the holder has been silent for
    /// <see cref="Lease.Duration"/>; every grant has a new epoch, and lower ones can publish no more.
    /// </summary>
    /// <exception cref="Faults.GrainFault"><c>student-not-found</c>.</exception>
    [Alias("Claim")]
    Task<StudentClaim> Claim(string silo);

    /// <summary>The holder gives the student up, so that another silo needs not wait. Ignored from any other epoch.</summary>
    [Alias("Release")]
    Task Release(long epoch);

    /// <summary>The holder reports and receives what to do next.</summary>
    [Alias("Report")]
    Task<StudentDirective> Report(long epoch, TrainerReport report);

    /// <summary>Leaves a job of one of <see cref="StudentJobKinds"/> for the holder, and answers at once with its id.</summary>
    /// <exception cref="Faults.GrainFault"><c>student-not-found</c>, <c>student-not-running</c>, <c>back-pressure</c>.</exception>
    [Alias("Submit")]
    Task<Guid> Submit(string kind, string argumentsJson);

    /// <summary>The holder answers a job. A job that is unknown or done already is left as it is.</summary>
    /// <exception cref="Faults.GrainFault"><c>stale-epoch</c>.</exception>
    [Alias("Complete")]
    Task Complete(long epoch, Guid job, JobOutcome outcome);

    /// <summary>A job's outcome; one that still runs is waited for at most <paramref name="wait"/>, which must stay below the call timeout.</summary>
    /// <exception cref="Faults.GrainFault"><c>job-not-found</c>: jobs are forgotten a minute after their end, or when the grain is moved.</exception>
    [Alias("Job")]
    [AlwaysInterleave]
    Task<JobOutcome> Job(Guid job, TimeSpan wait);
}
