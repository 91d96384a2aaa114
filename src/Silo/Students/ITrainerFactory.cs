using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;

namespace Reflux.Silo.Students;

/// <summary>Makes trainers.</summary>
internal interface ITrainerFactory
{
    /// <summary>
    /// A trainer under <paramref name="epoch"/>, not started; null while the lane's definition, or its teacher's, whose provenance every snapshot states,
    /// has not come by on the definitions log.
    /// </summary>
    StudentTrainer? TryCreate(Definition student, long epoch);
}
