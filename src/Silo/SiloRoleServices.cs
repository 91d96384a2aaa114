using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Training;
using Reflux.Silo.Archiving;
using Reflux.Silo.Definitions;
using Reflux.Silo.Options;
using Reflux.Silo.Students;
using Reflux.Silo.Teaching;

namespace Reflux.Silo;

/// <summary>What each role adds to a silo.</summary>
internal static class SiloRoleServices
{
    public static void Add(IServiceCollection services, SiloSettings silo, StoreSettings store, ArchiveOptions archive, string checkpoints)
    {
        if (silo.Has(SiloRoles.Gateway))
        {
            services.AddHostedService<DefinitionResender>();
        }

        if (silo.Has(SiloRoles.Teacher | SiloRoles.Student))
        {
            services.AddSingleton<ComputeThread>();
            services.AddSingleton<ICompute>(provider => provider.GetRequiredService<ComputeThread>());
            services.AddSingleton<DeadLetterWriter>();
        }

        if (silo.Has(SiloRoles.Teacher))
        {
            services.AddSingleton<ILaneLabellerFactory, LaneLabellerFactory>();
            services.AddSingleton<TeacherReporter>();
            services.AddHostedService<TeacherWorker>();
        }

        if (silo.Has(SiloRoles.Student))
        {
            services.AddSingleton(provider => new CheckpointStore(checkpoints, provider.GetRequiredService<ILoggerFactory>().CreateLogger<CheckpointStore>()));
            AddLabels(services, silo, store, archive);
            services.AddSingleton<ITrainerFactory, TrainerFactory>();
            services.AddSingleton<StudentRunnerFactory>();
            services.AddHostedService<StudentHost>();
        }
    }

    /// <summary>The label logs that trainers read: broker and archive as one, or the broker's alone.</summary>
    private static void AddLabels(IServiceCollection services, SiloSettings silo, StoreSettings store, ArchiveOptions archive)
    {
        services.AddSingleton<KafkaLabelLogFactory>();
        if (!archive.Enabled)
        {
            services.AddSingleton<ILabelLogFactory>(provider => provider.GetRequiredService<KafkaLabelLogFactory>());
            return;
        }

        services.AddSingleton(new ArchiveStore(store.ResolveArchive(silo.DataDirectory)));
        services.AddSingleton<ILabelLogFactory>(provider =>
        {
            var broker = provider.GetRequiredService<KafkaLabelLogFactory>();
            return new ArchivedLabelLogFactory(broker, broker.CurrentLogAsync, provider.GetRequiredService<ArchiveStore>());
        });
        services.AddHostedService<ArchiverHost>();
    }
}
