namespace Orleans;

/// <summary>The kinds of reasons for which an activation ends.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason given.</summary>
    None = 0,

    /// <summary>The silo stops.</summary>
    ShuttingDown = 1,

    /// <summary>Activating failed.</summary>
    ActivationFailed = 2,

    /// <summary>The grain directory failed.</summary>
    DirectoryFailure = 3,

    /// <summary>Idle for longer than its age limit.</summary>
    ActivationIdle = 4,

    /// <summary>Stuck.</summary>
    ActivationUnresponsive = 5,

    /// <summary>Another activation of the same grain won.</summary>
    DuplicateActivation = 6,

    /// <summary>It can't serve a request's interface version.</summary>
    IncompatibleRequest = 7,

    /// <summary>The application raised an error.</summary>
    ApplicationError = 8,

    /// <summary>The application asked for it.</summary>
    ApplicationRequested = 9,

    /// <summary>It moves to another silo.</summary>
    Migrating = 10,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested = 11,

    /// <summary>Memory is short.</summary>
    HighMemoryPressure = 12,
}
