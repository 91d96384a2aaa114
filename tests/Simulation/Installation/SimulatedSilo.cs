using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Engine.Simulation;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Storage;
using Reflux.Distillation.Training;
using Reflux.Grains;
using Reflux.Grains.Definitions;
using Reflux.Silo.Definitions;
using Reflux.Silo.Ingestion;
using Reflux.Silo.Options;
using Reflux.Silo.Students;
using Reflux.Silo.Teaching;
using Reflux.Simulation.Tests.Log;
using Reflux.Simulation.Tests.Teaching;
using Reflux.Simulation.Tests.Training;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>A silo of every role: the product's grains, ingestion, teacher worker and student host in one simulated process.</summary>
internal sealed class SimulatedSilo : ITrainerFactory, ILaneLabellerFactory
{
    private readonly World _world;
    private readonly SimulatedConnection _connection;
    private readonly SimulatedCompute _compute;
    private readonly DeadLetterWriter _deadLetters;
    private readonly PromptIntake _intake;
    private readonly SimulatedCatalog _catalog;
    private readonly TraceLoggers _loggers;
    private readonly CancellationTokenSource _stop = new();

    public SimulatedSilo(World world, string name)
    {
        _world = world;
        Process = world.Simulator.Start(name);
        _loggers = new TraceLoggers(Process);
        _connection = new SimulatedConnection(world.Log, Process, world.Bug == Bug.CommitBeforeAcknowledgement ? reader => new EagerReader(reader) : null);
        var ids = new SimulatedIds(world.Simulator.Random);
        var services = world.Cluster.Add(Process, silo =>
        {
            silo.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(_loggers));
            silo.AddSingleton<IdSource>(ids);
            silo.AddSingleton<IDefinitionLog>(new DefinitionsOf(_connection));
            silo.AddKeyedSingleton(GrainStorageNames.State, world.Storage.For(Process));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
        Grains = services.GetRequiredService<IGrainFactory>();
        _compute = new SimulatedCompute(Process, world.Weather);
        _deadLetters = new DeadLetterWriter(_connection, _connection);
        _catalog = new SimulatedCatalog(world.Log, Process);
        _intake = new PromptIntake(_connection, _connection, new PromptLimits(_catalog), new HttpSettings(), ids);

        var settings = new SiloSettings { Name = name };
        var reporter = new TeacherReporter(Grains, settings, Process.Clock, _loggers.CreateLogger<TeacherReporter>());
        var teachers = new TeacherWorker(_connection, _deadLetters, _catalog, this, reporter, Process.Clock, _loggers.CreateLogger<TeacherWorker>());
        var students = new StudentHost(_catalog, new StudentRunnerFactory(settings, Grains, this, Process.Clock, _loggers));
        var resender = new DefinitionResender(_connection, Grains, Process.Clock, _loggers.CreateLogger<DefinitionResender>());
        Process.Run(_catalog.FollowAsync);
        Process.Run(() => ServeAsync(() => resender.RunAsync(_stop.Token)));
        Process.Run(() => ServeAsync(() => teachers.RunAsync(_stop.Token)));
        Process.Run(() => ServeAsync(async () =>
        {
            try
            {
                await students.RunAsync(_stop.Token);
            }
            finally
            {
                HasLeft = true;
            }
        }));
    }

    public SimulatedProcess Process { get; }

    public IGrainFactory Grains { get; }

    /// <summary>The trainer that it made last.</summary>
    public StudentTrainer? Trainer { get; private set; }

    /// <summary>Its trainers have left in order.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Stops as a silo that is asked to.</summary>
    public void Stop() => Process.Post(_ => _stop.Cancel(), null);

    /// <summary>Takes prompts as the HTTP API does; the answer goes back to the process that asked.</summary>
    public void Accept(string lane, PromptsRequest request, Action<PromptsAccepted?> answer) => Process.Run(async () =>
    {
        PromptsAccepted? accepted = null;
        if (_catalog.Current.FirstOrDefault(definition => definition.Lane is not null && definition.Name == lane) is { } known)
        {
            try
            {
                accepted = await _intake.AcceptAsync(known, request, CancellationToken.None);
            }
            catch (RefluxException refusal)
            {
                Process.Note($"prompts refused: {refusal.Code}");
            }
        }

        answer(accepted);
    });

    public StudentTrainer? TryCreate(Definition student, long epoch, Position? acceptedGap)
    {
        if (_catalog.Find(student.Student!.Lane) is not { } lane || _catalog.TeacherOf(lane.Id) is not { } teacher)
        {
            return null;
        }

        _world.Audit.Trains(student.Name, epoch, Process.Name);
        Process.Note($"trains {student.Name} under epoch {epoch}");
        var dedupe = _world.Bug == Bug.DedupeByRecord ? new DedupeByRecord() : null;
        var labels = new SimulatedLabelLogFactory(_world.Log, Process, dedupe);
        IGroupCommitter committer = _connection;
        var services = new TrainerServices(student.Name, student.Id, epoch, committer, _deadLetters, Grains);
        return Trainer = new StudentTrainer(new TrainerContext
        {
            Student = student,
            Lane = lane,
            Teacher = teacher,
            Epoch = epoch,
            AcceptedGap = acceptedGap,
            Labels = labels,
            Services = services,
            Checkpoints = _world.Bug == Bug.PositionBeforeCheckpoint
                ? new HastyStore(_world.Disk.For(Process), services, Process)
                : _world.Disk.For(Process),
            Blobs = new NoBlobs(),
            Compute = _compute,
            Time = Process.Clock,
            Loggers = _loggers,
            Loader = new SimulatedLoader(_world.Disk, Process, _world.Weather, () => dedupe),
        });
    }

    public async Task<LaneLabeller> CreateAsync(Definition lane, Definition teacher, CancellationToken cancellation)
    {
        await Task.Delay(_world.Weather.Within(300), Process.Clock, cancellation);
        var engine = new SimulatedTeacher(lane.Lane!, lane.Id, teacher.Id, _world.Simulator.Random, _world.Weather);
        var labels = new LabelRecordBuffer(engine, _connection, _connection, lane.Lane!.LabelPartition, Process.Clock);
        return new LaneLabeller(engine, teacher.Teacher!.Spec.BatchSize, _compute, labels, _deadLetters, Process.Clock, _loggers.CreateLogger<LaneLabeller>());
    }

    /// <summary>A hosted service that fails takes its process with it.</summary>
    private async Task ServeAsync(Func<Task> service)
    {
        try
        {
            await service();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopped in order
        }
        catch (Exception failure) when (failure is not Violation)
        {
            Process.Note($"ends: {failure.GetType().Name}: {failure.Message}");
            _world.Crash(this);
        }
    }

    private sealed class DefinitionsOf(SimulatedConnection connection) : IDefinitionLog
    {
        public Task AppendAsync(Definition definition, CancellationToken cancellationToken) =>
            connection.AppendAsync(Topics.Definitions, 0, JsonSerializer.SerializeToUtf8Bytes(definition, RefluxJson.Options), cancellationToken);

        public ValueTask<int> LabelPartitionsAsync(CancellationToken cancellationToken) => new(connection.PartitionCount(Topics.Labels));
    }
}
