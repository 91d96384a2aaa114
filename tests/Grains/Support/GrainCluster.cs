using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Grains.Cluster;
using Reflux.Grains.Definitions;
using Reflux.Grains.Lanes;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;

namespace Reflux.Grains.Tests.Support;

/// <summary>One silo, or several, with memory storage, on whichever engine was restored.</summary>
public sealed class GrainCluster : IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster;

    public GrainCluster()
        : this(labelPartitions: 64)
    {
    }

    internal GrainCluster(int labelPartitions, short silos = 1)
    {
        Log = new RecordingLog(labelPartitions);
        _cluster = new InProcessTestClusterBuilder(silos)
            .ConfigureSilo((_, silo) =>
            {
                silo.AddMemoryGrainStorage(GrainStorageNames.State);
                silo.Services.AddSingleton<IdSource>();
                silo.Services.AddSingleton<IDefinitionLog>(Log);
                silo.Services.AddSingleton<TimeProvider>(Time);
            })
            .Build();
    }

    internal RecordingLog Log { get; }

    internal ShiftedTime Time { get; } = new();

    /// <summary>Grains as each silo's own code calls them.</summary>
    internal IEnumerable<IGrainFactory> Factories => _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IGrainFactory>());

    internal IGrainStorage Storage => _cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>(GrainStorageNames.State);

    internal IClusterGrain Registry => _cluster.Client.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public Task InitializeAsync() => _cluster.DeployAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    internal ILaneGrain Lane(string name) => _cluster.Client.GetGrain<ILaneGrain>(name);

    internal ITeacherGrain Teacher(string name) => _cluster.Client.GetGrain<ITeacherGrain>(name);

    internal IStudentGrain Student(string name) => _cluster.Client.GetGrain<IStudentGrain>(name);

    internal ISnapshotsGrain Snapshots(string name) => _cluster.Client.GetGrain<ISnapshotsGrain>(name);

    internal Task DeactivateAsync(IGrain grain) => _cluster.DeactivateAsync(grain);

    internal async Task<Definition> CreateLaneAsync(string name) => (await Lane(name).Create(Json(new LaneSpec { Name = name }))).Read();

    internal async Task<Definition> CreateTeacherAsync(string name, string lane) => (await Teacher(name).Create(Json(TeacherSpec(name, lane)))).Read();

    internal async Task<Definition> CreateStudentAsync(string name, string lane) => (await Student(name).Create(Json(StudentSpec(name, lane)))).Read();

    /// <summary>A lane and a student on it, both named after the test.</summary>
    internal async Task<(IStudentGrain Grain, Definition Definition)> NewStudentAsync(string name)
    {
        await CreateLaneAsync(name);
        return (Student(name), await CreateStudentAsync(name, name));
    }

    internal static TeacherSpec TeacherSpec(string name, string lane) => new() { Name = name, Lane = lane, Model = "models/teacher" };

    internal static StudentSpec StudentSpec(string name, string lane) =>
        new() { Name = name, Lane = lane, Base = new BaseModelSpec { Directory = "models/base" } };

    internal static string Json<T>(T spec) => JsonSerializer.Serialize(spec, RefluxJson.Options);
}
