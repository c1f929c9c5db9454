namespace Yinxin.License.Layout;

/// <summary>A page laid out once in millimetres; every format is drawn from it.</summary>
/// <param name="WidthMm">Width.</param>
/// <param name="HeightMm">Height.</param>
/// <param name="Elements">What stands on it, in drawing order.</param>
public sealed record Page(float WidthMm, float HeightMm, IReadOnlyList<Element> Elements);

/// <summary>Something on a page.</summary>
public abstract record Element;

/// <summary>Which face a text is set in.</summary>
public enum Face
{
    /// <summary>Running text.</summary>
    Regular,

    /// <summary>Titles.</summary>
    Bold,
}

/// <summary>How a text stands to its point.</summary>
public enum Alignment
{
    /// <summary>Begins there.</summary>
    Left,

    /// <summary>Its middle is there.</summary>
    Center,

    /// <summary>Ends there.</summary>
    Right,
}

/// <summary>One line of text.</summary>
/// <param name="X">Millimetres from the left, by <paramref name="Alignment"/>.</param>
/// <param name="Baseline">Millimetres from the top.</param>
/// <param name="Size">Em size in millimetres.</param>
/// <param name="Value">The text.</param>
/// <param name="Face">Its face.</param>
/// <param name="Alignment">Its place about X.</param>
/// <param name="Color">RGB.</param>
/// <param name="Spacing">Extra space after each letter in millimetres.</param>
public sealed record TextElement(float X, float Baseline, float Size, string Value, Face Face = Face.Regular, Alignment Alignment = Alignment.Left, uint Color = 0x1A1A1A, float Spacing = 0) : Element;

/// <summary>A rectangle's outline or a filled one.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Color">RGB.</param>
/// <param name="Stroke">Line width; 0 fills.</param>
public sealed record RectangleElement(float X, float Y, float Width, float Height, uint Color, float Stroke = 0) : Element;

/// <summary>A matrix of black modules: a QR code.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Size">Edge length.</param>
/// <param name="Modules">Rows of modules.</param>
public sealed record ModulesElement(float X, float Y, float Size, IReadOnlyList<IReadOnlyList<bool>> Modules) : Element;
