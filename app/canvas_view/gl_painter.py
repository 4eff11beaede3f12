"""How the canvas is painted by OpenGL: sheets as textures, drawn as quads in the order of `strata`. GUI thread only.

Works with OpenGL 2.0 and OpenGL ES 3.0: no more than textured quads is needed. Import it only when a context is there:
Qt's OpenGL classes take a while to load.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from PySide6.QtGui import QColor, QOpenGLContext, QOpenGLFunctions, QVector2D, QVector4D
from PySide6.QtOpenGL import QOpenGLBuffer, QOpenGLShader, QOpenGLShaderProgram, QOpenGLTexture
from shiboken6 import VoidPtr

from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.sheet import Sheet
from app.canvas_view.showing import CHECKER_PX, Pane, Showing, Stratum, is_smooth, strata
from app.canvas_view.viewport import Viewport
from app.theme import Tokens
from canvas.geometry import Rect
from canvas.tiles import TILE_PX, Pixels8

#: Textures of sheets that are not shown at the moment are dropped beyond this.
TEXTURES_BYTES = 384 << 20

_VERTEX = """
attribute highp vec2 corner;
uniform highp vec4 quad;
uniform highp vec4 part;
uniform highp vec4 turn;
uniform highp vec2 shift;
varying highp vec2 at;
void main() {
    highp vec2 p = mix(quad.xy, quad.zw, corner);
    at = mix(part.xy, part.zw, corner);
    gl_Position = vec4(turn.xy * p.x + turn.zw * p.y + shift, 0.0, 1.0);
}
"""
# Pixels are premultiplied BGRA.
_TEXTURED = """
uniform sampler2D pixels;
uniform highp float opacity;
varying highp vec2 at;
void main() { gl_FragColor = texture2D(pixels, at).bgra * opacity; }
"""
_CHECKERED = """
uniform highp vec2 origin;
uniform highp float side;
uniform highp float height;
uniform highp vec4 light;
uniform highp vec4 dark;
varying highp vec2 at;
void main() {
    highp vec2 cell = floor((vec2(gl_FragCoord.x, height - gl_FragCoord.y) - origin) / side);
    gl_FragColor = mod(cell.x + cell.y, 2.0) < 0.5 ? light : dark;
}
"""

_COLOR_BUFFER, _BLEND, _SCISSOR, _TRIANGLE_STRIP = 0x4000, 0x0BE2, 0x0C11, 0x0005
_TEXTURE_2D, _RGBA, _UNSIGNED_BYTE = 0x0DE1, 0x1908, 0x1401
_MAX_TEXTURE_SIZE = 0x0D33
_UNPACK_ALIGNMENT, _UNPACK_ROW_LENGTH = 0x0CF5, 0x0CF2
_GL_ONE, _ONE_MINUS_SRC_ALPHA, _FLOAT = 1, 0x0303, 0x1406


class _Texture:
    """Pixels on the graphics card, a copy of an array (height, width, 4) that is made of whole rows."""

    def __init__(self, gl: QOpenGLFunctions, pixels: Pixels8) -> None:
        self._gl = gl
        self.height, self.width = pixels.shape[:2]
        limit = gl.glGetIntegerv(_MAX_TEXTURE_SIZE)
        if max(self.height, self.width) > int(cast(int, limit)):
            raise RuntimeError(f"the graphics card takes no textures beyond {limit} px")
        self.size_bytes = pixels.nbytes
        self.texture = QOpenGLTexture(QOpenGLTexture.Target.Target2D)
        self.texture.setFormat(QOpenGLTexture.TextureFormat.RGBA8_UNorm)
        self.texture.setSize(self.width, self.height)
        self.texture.setMipLevels(1)
        self.texture.allocateStorage(QOpenGLTexture.PixelFormat.RGBA, QOpenGLTexture.PixelType.UInt8)
        self.texture.setWrapMode(QOpenGLTexture.WrapMode.ClampToEdge)
        self.upload(pixels, [(0, 0, self.width, self.height)])

    def upload(self, pixels: Pixels8, parts: Sequence[tuple[int, int, int, int]]) -> None:
        """Copy rectangles (x, y, width, height) of `pixels`, which has the shape of the first array."""
        gl = self._gl
        self.texture.bind()
        gl.glPixelStorei(_UNPACK_ALIGNMENT, 4)
        gl.glPixelStorei(_UNPACK_ROW_LENGTH, self.width)
        # QOpenGLTexture.setData takes no addresses beyond 32 bits in PySide6.
        start = pixels.ctypes.data
        for x, y, width, height in parts:
            at = cast(int, VoidPtr(start + y * pixels.strides[0] + x * 4))  # PySide6's stubs know integers only
            gl.glTexSubImage2D(_TEXTURE_2D, 0, x, y, width, height, _RGBA, _UNSIGNED_BYTE, at)
        gl.glPixelStorei(_UNPACK_ROW_LENGTH, 0)
        self.texture.release()


@dataclass(slots=True)
class _Uploaded:
    """The textures of one sheet: its pixels, and its fresh ink where it ever had some."""

    pixels: _Texture
    fresh: _Texture | None


class GlPainter:
    """Owned by one OpenGL context, which must be current in every call. `destroy` before the context goes."""

    def __init__(self) -> None:
        context = QOpenGLContext.currentContext()
        if context.isOpenGLES() and context.format().majorVersion() < 3:
            raise RuntimeError("the graphics driver offers OpenGL ES 2 only")
        self._gl = context.functions()
        self._textured, self._checkered = _program(_TEXTURED), _program(_CHECKERED)
        self._corners = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._corners.create()
        self._corners.bind()
        corners = np.array([0, 0, 1, 0, 0, 1, 1, 1], np.float32)
        self._corners.allocate(corners.tobytes(), corners.nbytes)
        self._corners.release()
        self._sheets: OrderedDict[int, tuple[Sheet, _Uploaded]] = OrderedDict()
        self._result: tuple[ResultPicture, _Texture] | None = None
        self._size = (1, 1)

    def destroy(self) -> None:
        """Free what lies on the graphics card."""
        for _, uploaded in self._sheets.values():
            _free(uploaded)
        self._sheets.clear()
        if self._result is not None:
            self._result[1].texture.destroy()
            self._result = None
        self._corners.destroy()

    def begin(self, width_px: int, height_px: int, surround: QColor) -> None:
        """Start a picture of so many device pixels."""
        gl = self._gl
        self._size = (width_px, height_px)
        gl.glViewport(0, 0, width_px, height_px)
        gl.glDisable(_SCISSOR)
        gl.glClearColor(surround.redF(), surround.greenF(), surround.blueF(), 1.0)
        gl.glClear(_COLOR_BUFFER)

    def paint(self, pane: Pane, tokens: Tokens) -> None:
        """Checkerboard and all strata, cut off at the document."""
        gl, showing = self._gl, pane.showing
        ratio = showing.view.pixel_ratio
        left, right = round(pane.x * ratio), round((pane.x + showing.view.width) * ratio)
        gl.glEnable(_SCISSOR)
        gl.glScissor(left, 0, right - left, self._size[1])
        gl.glEnable(_BLEND)
        gl.glBlendFunc(_GL_ONE, _ONE_MINUS_SRC_ALPHA)
        self._corners.bind()
        self._paint_checker(pane, tokens)
        self._textured.bind()
        self._place(self._textured, showing.view, pane.x)
        for stratum in strata(showing):
            self._paint_stratum(stratum, showing)
        self._textured.release()
        self._corners.release()
        gl.glDisable(_BLEND)
        gl.glDisable(_SCISSOR)

    def _paint_checker(self, pane: Pane, tokens: Tokens) -> None:
        view, document, program = pane.showing.view, pane.showing.document, self._checkered
        x0, y0, _, _ = view.view_bounds(document)
        ratio = view.pixel_ratio
        program.bind()
        self._place(program, view, pane.x)
        program.setUniformValue(
            program.uniformLocation("origin"), QVector2D((round(x0) + pane.x) * ratio, round(y0) * ratio)
        )
        program.setUniformValue1f(program.uniformLocation("side"), CHECKER_PX * ratio)
        program.setUniformValue1f(program.uniformLocation("height"), float(self._size[1]))
        for name, colour in (("light", tokens.checker_light), ("dark", tokens.checker_dark)):
            vector = QVector4D(colour.redF(), colour.greenF(), colour.blueF(), 1.0)
            program.setUniformValue(program.uniformLocation(name), vector)
        self._draw(program, document, QVector4D(0, 0, 1, 1))
        program.release()

    def _place(self, program: QOpenGLShaderProgram, view: Viewport, x: float) -> None:
        """Document pixels -> OpenGL's -1..1, y up."""
        m11, m12, m21, m22, dx, dy = view.matrix()
        kx, ky = 2.0 * view.pixel_ratio / self._size[0], -2.0 * view.pixel_ratio / self._size[1]
        turn = QVector4D(m11 * kx, m12 * ky, m21 * kx, m22 * ky)
        program.setUniformValue(program.uniformLocation("turn"), turn)
        program.setUniformValue(program.uniformLocation("shift"), QVector2D((dx + x) * kx - 1.0, dy * ky + 1.0))

    def _draw(self, program: QOpenGLShaderProgram, quad: Rect, part: QVector4D) -> None:
        program.setUniformValue(program.uniformLocation("quad"), QVector4D(quad.x0, quad.y0, quad.x1, quad.y1))
        program.setUniformValue(program.uniformLocation("part"), part)
        corner = program.attributeLocation("corner")
        program.enableAttributeArray(corner)
        program.setAttributeBuffer(corner, _FLOAT, 0, 2)
        self._gl.glDrawArrays(_TRIANGLE_STRIP, 0, 4)
        program.disableAttributeArray(corner)

    def _paint_stratum(self, stratum: Stratum, showing: Showing) -> None:
        source = stratum.source
        if isinstance(source, ResultPicture):
            texture: _Texture | None = self._uploaded_result(source)
        else:
            uploaded = self._uploaded(source)
            texture = uploaded.fresh if stratum.pixels is source.fresh else uploaded.pixels
        assert texture is not None
        whole = stratum.rect
        seen = whole & showing.document
        part = QVector4D(
            (seen.x0 - whole.x0) / whole.width, (seen.y0 - whole.y0) / whole.height,
            (seen.x1 - whole.x0) / whole.width, (seen.y1 - whole.y0) / whole.height,
        )  # fmt: skip
        way = QOpenGLTexture.Filter.Linear if is_smooth(showing, stratum) else QOpenGLTexture.Filter.Nearest
        texture.texture.setMinMagFilters(way, way)
        texture.texture.bind(0)
        self._textured.setUniformValue1i(self._textured.uniformLocation("pixels"), 0)
        self._textured.setUniformValue1f(self._textured.uniformLocation("opacity"), stratum.opacity)
        self._draw(self._textured, seen, part)
        texture.texture.release()

    def _uploaded_result(self, result: ResultPicture) -> _Texture:
        if self._result is None or self._result[0] is not result:
            if self._result is not None:
                self._result[1].texture.destroy()
            self._result = result, _Texture(self._gl, np.ascontiguousarray(result.pixels))
        return self._result[1]

    def _uploaded(self, sheet: Sheet) -> _Uploaded:
        """The textures of a sheet, brought up to date."""
        known = self._sheets.pop(id(sheet), None)
        if known is None:
            uploaded = _Uploaded(_Texture(self._gl, sheet.pixels), None)
        else:
            uploaded = known[1]
            uploaded.pixels.upload(sheet.pixels, _runs(sheet))
        if sheet.fresh is not None:
            if uploaded.fresh is None:
                uploaded.fresh = _Texture(self._gl, sheet.fresh)
            else:
                uploaded.fresh.upload(sheet.fresh, _runs(sheet))
        sheet.written.clear()
        self._sheets[id(sheet)] = sheet, uploaded
        while len(self._sheets) > 1 and sum(_size_bytes(each) for _, each in self._sheets.values()) > TEXTURES_BYTES:
            _free(self._sheets.popitem(last=False)[1][1])
        return uploaded


def _runs(sheet: Sheet) -> Sequence[tuple[int, int, int, int]]:
    """What was written since the last time as (x, y, width, height) in pixels; neighbouring tiles of a row together."""
    side, tiles = TILE_PX >> sheet.level, sheet.tiles
    runs: list[tuple[int, int, int, int]] = []
    for key in sorted(sheet.written, key=lambda key: (key[1], key[0])):
        x, y = (key[0] - tiles.x0) * side, (key[1] - tiles.y0) * side
        if runs and runs[-1][1] == y and runs[-1][0] + runs[-1][2] == x:
            runs[-1] = runs[-1][0], y, runs[-1][2] + side, side
        else:
            runs.append((x, y, side, side))
    return runs


def _size_bytes(uploaded: _Uploaded) -> int:
    return uploaded.pixels.size_bytes + (0 if uploaded.fresh is None else uploaded.fresh.size_bytes)


def _free(uploaded: _Uploaded) -> None:
    uploaded.pixels.texture.destroy()
    if uploaded.fresh is not None:
        uploaded.fresh.texture.destroy()


def _program(fragment: str) -> QOpenGLShaderProgram:
    program = QOpenGLShaderProgram()
    ready = program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, _VERTEX)
    ready = ready and program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, fragment)
    if not (ready and program.link()):
        raise RuntimeError(f"the graphics driver does not take our shaders: {program.log().strip()}")
    return program
