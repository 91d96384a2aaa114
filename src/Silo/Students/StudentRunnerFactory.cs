using Microsoft.Extensions.Logging;
using Orleans;
using Reflux.Contracts.Definitions;
using Reflux.Silo.Options;

namespace Reflux.Silo.Students;

/// <summary>Makes runners.</summary>
internal sealed class StudentRunnerFactory(SiloSettings silo, IGrainFactory grains, ITrainerFactory trainers, TimeProvider time, ILoggerFactory loggers)
{
    public StudentRunner Create(Definition student) => new(student, silo.EffectiveName, grains, trainers, time, loggers.CreateLogger<StudentRunner>());
}
