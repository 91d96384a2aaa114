using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;

namespace Reflux.Grains.Definitions;

/// <summary>
/// What lanes, teachers and students have in common: a definition that is stored first and announced on the log after, again whenever the grain is
/// activated. A deleted entity leaves a tombstone, so that revisions rise over all entities that ever bore the name.
/// </summary>
internal abstract class DefinitionGrain : Grain
{
    private readonly DefinitionKind _kind;
    private readonly DefinitionAnnouncer _announcer;

    protected DefinitionGrain(DefinitionKind kind, IDefinitionLog log, ILogger logger)
    {
        _kind = kind;
        _announcer = new DefinitionAnnouncer(this, log, logger);
    }

    /// <summary>The grain's key.</summary>
    protected string Name => this.GetPrimaryKeyString();

    /// <summary>What is stored, a tombstone included; null before the first creation.</summary>
    protected abstract DefinitionDocument? Stored { get; }

    /// <summary>The definition of an entity that exists; null otherwise.</summary>
    protected Definition? Live => Stored?.Read() is { Deleted: false } definition ? definition : null;

    /// <summary>The revision that the next change bears.</summary>
    protected long NextRevision => (Stored?.Read().Revision ?? 0) + 1;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => Announce();

    public Task<DefinitionDocument?> Get() => Task.FromResult(Live is null ? null : Stored);

    public Task Announce()
    {
        if (Stored is { } document)
        {
            _announcer.Send(document.Read());
        }

        return Task.CompletedTask;
    }

    /// <summary>Writes the grain's state with this definition in it.</summary>
    protected abstract Task Write(DefinitionDocument document);

    /// <summary>Stores, then announces.</summary>
    protected async Task<DefinitionDocument> Store(Definition definition)
    {
        var document = DefinitionDocument.From(definition);
        await Write(document);
        _announcer.Send(definition);
        return document;
    }

    /// <summary>The definition, or the fault that there is none.</summary>
    protected Definition Existing() => Live ?? throw NotFound();

    /// <summary>Refuses a spec that breaks a rule, names another grain, or a name that is taken.</summary>
    protected void CheckCreation(string name, RefluxException? problem)
    {
        if (problem is not null)
        {
            throw GrainFault.From(problem);
        }

        if (name != Name)
        {
            throw new GrainFault(ErrorCodes.InvalidRequest, $"the spec's name '{name}' is not '{Name}'", "Send a spec to the grain that it names.");
        }

        if (Live is not null)
        {
            throw new GrainFault(ErrorCodes.NameTaken, $"a {Noun} '{Name}' exists", "Choose another name, or delete that one first.");
        }
    }

    protected GrainFault NotFound() => new(
        _kind switch
        {
            DefinitionKind.Lane => ErrorCodes.LaneNotFound,
            DefinitionKind.Teacher => ErrorCodes.TeacherNotFound,
            _ => ErrorCodes.StudentNotFound,
        },
        $"there is no {Noun} '{Name}'",
        $"List the {Noun}s that exist, or create this one.");

    private string Noun => _kind.ToString().ToLowerInvariant();
}
