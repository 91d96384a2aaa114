using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>One silo: what its activations share, and whether it takes calls.</summary>
internal sealed class Silo
{
    private readonly IdleCollector _collector;
    private volatile Phase _phase = Phase.Created;

    public Silo(
        IServiceProvider services,
        GrainTypeMap types,
        DeepCopier copier,
        TimeProvider clock,
        ITurnDispatcher dispatcher,
        IOptions<GrainCollectionOptions> collection,
        ILoggerFactory loggers)
    {
        Services = services;
        Types = types;
        Copier = copier;
        Clock = clock;
        Dispatcher = dispatcher;
        Collection = collection.Value;
        Log = loggers.CreateLogger("Orleans.Engine.Silo");
        Catalog = new Catalog(this);
        _collector = new IdleCollector(Catalog, Collection, clock);
    }

    private enum Phase
    {
        Created,
        Serving,
        Stopping,
        Stopped,
    }

    public IServiceProvider Services { get; }

    public GrainTypeMap Types { get; }

    public DeepCopier Copier { get; }

    public TimeProvider Clock { get; }

    public ITurnDispatcher Dispatcher { get; }

    public GrainCollectionOptions Collection { get; }

    public ILogger Log { get; }

    public Catalog Catalog { get; }

    /// <summary>The caller that belongs to this silo, for references made by its activations.</summary>
    public GrainCaller Caller => Services.GetRequiredService<GrainCaller>();

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        _phase = Phase.Serving;
        _collector.Start();
        return Task.CompletedTask;
    }

    /// <summary>Ends all activations; running calls finish unless the token gives up on them.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _phase = Phase.Stopping;
        _collector.Dispose();
        try
        {
            await Catalog.DeactivateAllAsync(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo stops."), cancellationToken);
        }
        finally
        {
            Kill();
        }
    }

    /// <summary>Refuses everything from now on, without asking the activations.</summary>
    public void Kill()
    {
        _phase = Phase.Stopped;
        _collector.Dispose();
        Catalog.Abandon(Unavailable());
    }

    /// <summary>Why a call can't be taken now; null when it can.</summary>
    public Exception? Refusal(bool fromActivation) => _phase switch
    {
        Phase.Serving => null,

        // While draining, grains may still call grains to finish what runs.
        Phase.Stopping when fromActivation => null,
        _ => Unavailable(),
    };

    public CancellationTokenSource Deadline(TimeSpan limit) => new(limit, Clock);

    private SiloUnavailableException Unavailable() => new(_phase == Phase.Created
        ? "The silo has not started: start its host before calling grains."
        : "The silo has stopped: the outcome of calls that were running is unknown.");
}
