using System.Text.Json;
using Orleans.Engine.Simulation;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Grains.Lanes;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;
using Reflux.Simulation.Tests.Teaching;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>The people and programs around an installation, in a process that never dies: create the lane, send prompts until they are accepted, resume what is paused.</summary>
internal sealed class Clients(World world)
{
    public const string Name = "demo";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    private readonly SimulatedProcess _process = world.Simulator.Start("clients");
    private readonly List<Id128> _accepted = [];
    private int _batches = 12 + world.Simulator.Random.Next(16);

    /// <summary>Ids of prompts that were acknowledged.</summary>
    public IReadOnlyList<Id128> Accepted => _accepted;

    /// <summary>Every prompt has been acknowledged.</summary>
    public bool AreDone => _batches == 0;

    public void Start() => _process.Run(async () =>
    {
        var spacing = 500 + world.Simulator.Random.Next(2500);
        await UntilDoneAsync(grains => grains.GetGrain<ILaneGrain>(Name).Get(), grains => grains.GetGrain<ILaneGrain>(Name).Create(Json(new LaneSpec { Name = Name, HoldoutFraction = 0.15, Draws = 10 })));
        await UntilDoneAsync(grains => grains.GetGrain<ITeacherGrain>(Name).Get(), grains => grains.GetGrain<ITeacherGrain>(Name).Create(Json(new TeacherSpec { Name = Name, Lane = Name, Model = "nowhere", BatchSize = 4 })));
        await UntilDoneAsync(grains => grains.GetGrain<IStudentGrain>(Name).Get(), grains => grains.GetGrain<IStudentGrain>(Name).Create(Json(Student)));
        for (var batch = _batches; batch > 0; batch--)
        {
            _process.Run(() => SendAsync(Batch()));
            await Task.Delay(world.Weather.Within(spacing), _process.Clock);
        }
    });

    /// <summary>Asks the student to go on, every few seconds from now on: steps that were undone pause it.</summary>
    public void KeepResuming() => _process.Run(async () =>
    {
        while (true)
        {
            if (world.AnySilo() is { } silo)
            {
                silo.Process.Run(async () =>
                {
                    try
                    {
                        await silo.Grains.GetGrain<IStudentGrain>(Name).Resume(acceptGap: false);
                    }
                    catch (Exception failure) when (failure is not Violation)
                    {
                        silo.Process.Note($"not resumed: {failure.Message}");
                    }
                });
            }

            await Task.Delay(TimeSpan.FromSeconds(5), _process.Clock);
        }
    });

    private static StudentSpec Student => new()
    {
        Name = Name,
        Lane = Name,
        Base = new BaseModelSpec { Directory = "nowhere" },
        Training = new TrainingSpec { SequencesPerStep = 3 },
        Snapshots = new SnapshotSpec { EverySeconds = 3 },
    };

    private static string Json<T>(T spec) => JsonSerializer.Serialize(spec, RefluxJson.Options);

    private List<PromptInput> Batch() => [.. Enumerable.Range(0, 1 + world.Simulator.Random.Next(6)).Select(_ =>
    {
        var number = world.Simulator.Random.Next(1000);
        var text = world.Simulator.Random.Next(30) == 0 ? $"{SimulatedTeacher.TooLong} {number}" : $"prompt {number}";
        return new PromptInput(text, world.Simulator.Random.Next(3) == 0 ? null : $"key {number}");
    })];

    private async Task SendAsync(List<PromptInput> prompts)
    {
        while (true)
        {
            if (world.AnySilo() is { } silo)
            {
                var answered = new TaskCompletionSource<PromptsAccepted?>();
                world.Simulator.After(world.Weather.Latency(), () => silo.Accept(
                    Name, new PromptsRequest(prompts), accepted => world.Simulator.After(world.Weather.Latency(), () => answered.TrySetResult(accepted), _process)));
                world.Simulator.After(Patience, () => answered.TrySetResult(null), _process);
                if (await answered.Task is { } accepted)
                {
                    _accepted.AddRange(accepted.Accepted.Select(prompt => prompt.Id));
                    _batches--;
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _process.Clock);
        }
    }

    /// <summary>Asks some silo's grains until what is to be there is there; each call may be lost, and may have taken effect all the same.</summary>
    private async Task UntilDoneAsync<TFound>(Func<IGrainFactory, Task<TFound?>> find, Func<IGrainFactory, Task> create)
        where TFound : class
    {
        while (true)
        {
            if (world.AnySilo() is { } silo)
            {
                var answered = new TaskCompletionSource<bool>();
                silo.Process.Run(async () =>
                {
                    var there = false;
                    try
                    {
                        there = await find(silo.Grains) is not null;
                        if (!there)
                        {
                            await create(silo.Grains);
                        }
                    }
                    catch (Exception failure) when (failure is not Violation)
                    {
                        silo.Process.Note($"not created: {failure.Message}");
                    }

                    world.Simulator.After(world.Weather.Latency(), () => answered.TrySetResult(there), _process);
                });
                world.Simulator.After(Patience, () => answered.TrySetResult(false), _process);
                if (await answered.Task)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), _process.Clock);
        }
    }
}
