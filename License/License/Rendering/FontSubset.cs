using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Yinxin.License.Rendering;

/// <summary>
/// Cuts a font down to the characters of one document (HarfBuzz's subsetter). Without it SkiaSharp embeds the whole font,
/// and copied text comes back as look-alike radicals.
/// </summary>
internal static unsafe partial class FontSubset
{
    private const string Library = "libHarfBuzzSharp";
    private const int DropTableTag = 3;
    private static readonly ConcurrentDictionary<string, nint> Faces = new(StringComparer.Ordinal);

    // Layout and hint tables serve no purpose in a PDF that places every glyph itself.
    private static readonly uint[] Dropped = [Tag("GSUB"), Tag("GPOS"), Tag("GDEF"), Tag("BASE"), Tag("vhea"), Tag("vmtx"), Tag("VORG"), Tag("DSIG"), Tag("STAT")];

    /// <summary>The font file with these characters only.</summary>
    public static byte[] Make(string fontFile, IEnumerable<int> characters)
    {
        var face = Faces.GetOrAdd(fontFile, Open);
        var input = hb_subset_input_create_or_fail();
        if (input == 0)
        {
            throw new InvalidOperationException("HarfBuzz could not create a subset.");
        }

        try
        {
            var set = hb_subset_input_unicode_set(input);
            foreach (var character in characters)
            {
                hb_set_add(set, (uint)character);
            }

            var drop = hb_subset_input_set(input, DropTableTag);
            foreach (var tag in Dropped)
            {
                hb_set_add(drop, tag);
            }

            var subset = hb_subset_or_fail(face, input);
            if (subset == 0)
            {
                throw new InvalidOperationException($"HarfBuzz could not subset {Path.GetFileName(fontFile)}.");
            }

            try
            {
                return Bytes(subset);
            }
            finally
            {
                hb_face_destroy(subset);
            }
        }
        finally
        {
            hb_subset_input_destroy(input);
        }
    }

    /// <summary>Opened once and kept: parsing fifteen megabytes for every licence would cost more than drawing it.</summary>
    private static nint Open(string file)
    {
        var blob = hb_blob_create_from_file_or_fail(file);
        if (blob == 0)
        {
            throw new FileNotFoundException($"Font {file} cannot be opened.");
        }

        var face = hb_face_create(blob, 0);
        var quick = hb_subset_preprocess(face);
        return quick == 0 ? face : quick;
    }

    private static byte[] Bytes(nint face)
    {
        var blob = hb_face_reference_blob(face);
        try
        {
            var data = hb_blob_get_data(blob, out var length);
            return new ReadOnlySpan<byte>(data, (int)length).ToArray();
        }
        finally
        {
            hb_blob_destroy(blob);
        }
    }

    private static uint Tag(string tag) => ((uint)tag[0] << 24) | ((uint)tag[1] << 16) | ((uint)tag[2] << 8) | tag[3];

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_blob_create_from_file_or_fail(string fileName);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_face_create(nint blob, uint index);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_subset_preprocess(nint face);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_subset_input_create_or_fail();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_subset_input_unicode_set(nint input);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_subset_input_set(nint input, int set);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void hb_set_add(nint set, uint value);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_subset_or_fail(nint face, nint input);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint hb_face_reference_blob(nint face);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* hb_blob_get_data(nint blob, out uint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void hb_blob_destroy(nint blob);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void hb_face_destroy(nint face);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void hb_subset_input_destroy(nint input);
}
