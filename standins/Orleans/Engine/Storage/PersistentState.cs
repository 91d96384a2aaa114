using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>A grain's state over its storage provider. It is read at <see cref="GrainLifecycleStage.SetupState"/>.</summary>
internal sealed class PersistentState<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly string _name;
    private readonly GrainId _grainId;
    private readonly IGrainStorage _storage;
    private GrainState<TState> _grainState = Empty();

    private PersistentState(Activation activation, string name, IGrainStorage storage)
    {
        _name = name;
        _grainId = activation.GrainId;
        _storage = storage;
    }

    public TState State
    {
        get => _grainState.State!;
        set => _grainState.State = value;
    }

    public string? Etag => _grainState.ETag;

    public bool RecordExists => _grainState.RecordExists;

    public static object Create(Activation activation, PersistentStateAttribute attribute)
    {
        var storageName = string.IsNullOrWhiteSpace(attribute.StorageName) ? "Default" : attribute.StorageName;
        var storage = activation.ActivationServices.GetKeyedService<IGrainStorage>(storageName)
            ?? throw new BadProviderConfigException(
                $"Grain {activation.GrainId} asks for the storage provider '{storageName}', which is not registered: add it to the silo, "
                + $"for example by AddGrainStorage(\"{storageName}\", …).");
        var state = new PersistentState<TState>(activation, attribute.StateName, storage);
        activation.ObservableLifecycle.Subscribe($"State {attribute.StateName}", GrainLifecycleStage.SetupState, state);
        return state;
    }

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync(cancellationToken);

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        var read = Empty();
        await AskAsync("read", () => _storage.ReadStateAsync(_name, _grainId, read, cancellationToken));
        read.State ??= NewState();
        _grainState = read;
    }

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        AskAsync("write", () => _storage.WriteStateAsync(_name, _grainId, _grainState, cancellationToken));

    public async Task ClearStateAsync(CancellationToken cancellationToken)
    {
        await AskAsync("clear", () => _storage.ClearStateAsync(_name, _grainId, _grainState, cancellationToken));
        _grainState.State ??= NewState();
    }

    /// <summary>What a provider throws reaches the grain as an <see cref="OrleansException"/>, its own kinds as they are.</summary>
    private async Task AskAsync(string operation, Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (Exception error) when (error is not OrleansException)
        {
            throw new OrleansException($"The storage provider {_storage.GetType().Name} could not {operation} state '{_name}' of {_grainId}: {error.GetType().Name}: {error.Message}", error);
        }
    }

    private static GrainState<TState> Empty() => new(NewState());

    private static TState NewState()
    {
        var type = typeof(TState);
        if (type.IsValueType || type == typeof(string) || type.IsArray || type.IsAbstract)
        {
            return default!;
        }

        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetConstructor(any, Type.EmptyTypes) is { } constructor
            ? (TState)constructor.Invoke(null)
            : (TState)RuntimeHelpers.GetUninitializedObject(type);
    }
}
