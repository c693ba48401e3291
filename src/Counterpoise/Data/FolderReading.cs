namespace Counterpoise.Data;

/// <summary>What the folders within a folder of images are.</summary>
public enum FolderReading
{
    /// <summary>Parts where their names and contents say so, else classes; what could be both is refused.</summary>
    Auto,

    /// <summary>Classes, whatever their names.</summary>
    Classes,

    /// <summary>Parts, each with a folder per class; those whose names say no part are left out.</summary>
    Parts,
}
