namespace Reflux.Silo.Options;

/// <summary>What a silo does. One process may have several roles; by default it has all.</summary>
[Flags]
public enum SiloRoles
{
    /// <summary>Nothing: refused.</summary>
    None = 0,

    /// <summary>Serves the HTTP API and writes definitions.</summary>
    Gateway = 1,

    /// <summary>Answers and labels prompts.</summary>
    Teacher = 2,

    /// <summary>Trains students.</summary>
    Student = 4,

    /// <summary>All of them.</summary>
    All = Gateway | Teacher | Student,
}
