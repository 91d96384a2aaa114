using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Silo.Definitions;
using Reflux.Silo.Options;
using Reflux.Silo.Students;
using Reflux.Silo.Teaching;

namespace Reflux.Silo;

/// <summary>What each role adds to a silo.</summary>
internal static class SiloRoleServices
{
    public static void Add(IServiceCollection services, SiloSettings silo, string checkpoints)
    {
        if (silo.Has(SiloRoles.Gateway))
        {
            services.AddHostedService<DefinitionResender>();
        }

        if (silo.Has(SiloRoles.Teacher | SiloRoles.Student))
        {
            services.AddSingleton<ComputeThread>();
            services.AddSingleton<DeadLetterWriter>();
        }

        if (silo.Has(SiloRoles.Teacher))
        {
            services.AddSingleton<LaneLabellerFactory>();
            services.AddSingleton<TeacherReporter>();
            services.AddHostedService<TeacherWorker>();
        }

        if (silo.Has(SiloRoles.Student))
        {
            services.AddSingleton(provider => new CheckpointStore(checkpoints, provider.GetRequiredService<ILoggerFactory>().CreateLogger<CheckpointStore>()));
            services.AddSingleton<TrainerFactory>();
            services.AddSingleton<StudentRunnerFactory>();
            services.AddHostedService<StudentHost>();
        }
    }
}
