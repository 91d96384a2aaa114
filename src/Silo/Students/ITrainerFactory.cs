using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Silo.Students;

/// <summary>Makes trainers.</summary>
internal interface ITrainerFactory
{
    /// <summary>
    /// A trainer under <paramref name="epoch"/>, not started; null while the lane's definition, or its teacher's, whose provenance every snapshot states,
    /// has not come by on the definitions log.
    /// </summary>
    /// <param name="student">Its definition.</param>
    /// <param name="epoch">What was granted.</param>
    /// <param name="acceptedGap">Where the owner has accepted that records are missing; null for nowhere.</param>
    StudentTrainer? TryCreate(Definition student, long epoch, Position? acceptedGap);
}
