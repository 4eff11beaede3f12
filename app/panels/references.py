"""References: pictures to look at while painting, on a board that is moved and zoomed by itself. GUI thread only.

Drop or open pictures, drag them about, scale them at their corner, take colours from them. They are no part of the
picture; `app.reference_board` keeps them with the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, cast

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.canvas_view.drops import ELSEWHERE, NO_PICTURE, can_take
from app.canvas_view.tablet import modifiers_of
from app.colours import Colour
from app.commands.file import PICTURES
from app.dialogs.chooser import Chooser
from app.mime_pictures import is_elsewhere, local_files, picture_in
from app.reference_board import Pinned, ReferenceBoard
from app.session import Session
from app.theme import MARGIN_PX, Theme
from app.tools.picker import PickerTool
from app.tools.toolbox import Toolbox
from app.widgets.buttons import IconButton
from canvas.edits import EditError
from canvas.formats.errors import FormatError
from canvas.geometry import Rect
from canvas.tiles import Pixels8, to_rgba8

_GRIP_PX = 12.0
_EDGE_PX = 8.0
_WHEEL_STEP = 2.0**0.25
_MIN_SCALE, _MAX_SCALE = 0.02, 20.0
#: A picture is never scaled below this side on the board.
_LEAST = 24.0
_EMPTY = "Drop pictures here, or press + to open some"


class BoardView(QWidget):
    """Drag a picture to move it, its corner to scale it, the ground or the middle button to move the board.

    A click with the key for picking, or any click while the colour picker is in the hand, takes the colour; the right
    button then takes the background. The wheel zooms, a double click shows all.
    """

    def __init__(self, session: Session, toolbox: Toolbox, board: ReferenceBoard, theme: Theme) -> None:
        super().__init__()
        self._session, self._toolbox, self._board, self._theme = session, toolbox, board, theme
        self._images: dict[str, QImage] = {}
        self._chosen = -1
        self._scale = 1.0
        self._origin = QPointF(0.0, 0.0)
        self._fits = True
        self._drag: tuple[Literal["board", "move", "scale", "pick"], QPointF, Pinned | None] | None = None
        self._held: Pinned | None = None
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Board of reference pictures")
        board.changed.connect(self._on_board_changed)

    # The board

    def fit(self) -> None:
        """Show all pictures, also after the panel is resized, until the artist moves the board."""
        self._fits = True
        self._frame()

    def _frame(self) -> None:
        around = QRectF()
        for pinned in self._board.pictures:
            around = around.united(_box(pinned))
        if around.isEmpty():
            return
        room_x, room_y = max(1.0, self.width() - 2 * _EDGE_PX), max(1.0, self.height() - 2 * _EDGE_PX)
        self._scale = max(_MIN_SCALE, min(_MAX_SCALE, room_x / around.width(), room_y / around.height()))
        self._origin = QPointF(self.width() / 2, self.height() / 2) - around.center() * self._scale
        self.update()

    def _on_board_changed(self) -> None:
        digests = {pinned.digest for pinned in self._board.pictures}
        self._images = {digest: image for digest, image in self._images.items() if digest in digests}
        self._chosen = min(self._chosen, len(self._board.pictures) - 1)
        self._drag = self._held = None
        if self._fits:
            self._frame()
        self.update()

    def _image(self, pinned: Pinned) -> QImage:
        """Null when the stored picture is damaged."""
        if pinned.digest not in self._images:
            image = QImage.fromData(self._board.data(pinned))
            if not image.isNull():
                image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
            self._images[pinned.digest] = image
        return self._images[pinned.digest]

    def _shown(self) -> Sequence[Pinned]:
        """The pictures, the one that is being dragged where it is now."""
        if self._held is None:
            return self._board.pictures
        return [self._held if i == self._chosen else p for i, p in enumerate(self._board.pictures)]

    def _place(self, pinned: Pinned) -> QRectF:
        """In the widget."""
        box = _box(pinned)
        return QRectF(self._origin + box.topLeft() * self._scale, box.size() * self._scale)

    def _to_board(self, at: QPointF) -> QPointF:
        return (at - self._origin) / self._scale

    def _at(self, at: QPointF) -> int:
        """The uppermost picture there, -1 for none."""
        point = self._to_board(at)
        pictures = self._board.pictures
        return next((i for i in reversed(range(len(pictures))) if pictures[i].contains(point.x(), point.y())), -1)

    # Colours

    def colour_at(self, at: QPointF) -> Colour | None:
        """The colour of the uppermost picture there, averaged as the picker's option says; None beside all."""
        index = self._at(at)
        if index < 0:
            return None
        pinned = self._board.pictures[index]
        image = self._image(pinned)
        if image.isNull():
            return None
        point = self._to_board(at)
        x = int((point.x() - pinned.x) / pinned.width * image.width())
        y = int((point.y() - pinned.y) / pinned.height * image.height())
        reach = cast(PickerTool, self._toolbox.tool("picker")).options.value.side_px // 2
        pixels = _premultiplied(image)
        part = pixels[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        blue, green, red, alpha = part.reshape(-1, 4).mean(axis=0).tolist()
        return None if alpha <= 0 else (min(1.0, red / alpha), min(1.0, green / alpha), min(1.0, blue / alpha))

    def _pick(self, at: QPointF, *, background: bool) -> None:
        colour = self.colour_at(at)
        if colour is not None:
            (self._session.set_background if background else self._session.set_colour)(colour)

    def _picks(self, event: QMouseEvent) -> bool:
        held = modifiers_of(event.modifiers()) & self._toolbox.picker_modifier
        return bool(held) or self._toolbox.active_id == "picker"

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, button = event.position(), event.button()
        if button == Qt.MouseButton.MiddleButton:
            self._drag = ("board", at, None)
        elif self._picks(event) and button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._drag = ("pick", at, None)
            self._pick(at, background=button == Qt.MouseButton.RightButton)
        elif button == Qt.MouseButton.LeftButton:
            self._take(at)
        self.update()

    def _take(self, at: QPointF) -> None:
        if self._chosen >= 0 and self._grip(self._board.pictures[self._chosen]).contains(at):
            self._drag = ("scale", at, self._board.pictures[self._chosen])
            return
        self._chosen = self._at(at)
        picture = self._board.pictures[self._chosen] if self._chosen >= 0 else None
        self._drag = ("board" if picture is None else "move", at, picture)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drag is None:
            over = self._chosen >= 0 and self._grip(self._board.pictures[self._chosen]).contains(at)
            self.setCursor(Qt.CursorShape.SizeFDiagCursor if over else Qt.CursorShape.ArrowCursor)
            return
        what, start, pinned = self._drag
        if what == "pick":
            self._pick(at, background=bool(event.buttons() & Qt.MouseButton.RightButton))
        elif pinned is None:
            self._origin += at - start
            self._drag = (what, at, None)
            self._fits = False
        elif what == "move":
            way = (at - start) / self._scale
            self._held = pinned.moved(way.x(), way.y())
        else:
            corner = self._to_board(at)
            least = _LEAST / min(pinned.width, pinned.height)
            self._held = pinned.scaled(max(least, (corner.x() - pinned.x) / pinned.width))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held, self._drag = self._held, None, None
        if held is not None:
            self._fits = False
            self._try(lambda: self._board.replace(self._chosen, held))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        at, fixed = event.position(), self._to_board(event.position())
        wanted = self._scale * _WHEEL_STEP ** (event.angleDelta().y() / 120.0)
        self._scale = max(_MIN_SCALE, min(_MAX_SCALE, wanted))
        self._origin = at - fixed * self._scale
        self._fits = False
        self.update()

    def event(self, event: QEvent) -> bool:
        # Delete here is for the chosen picture, not for the layer.
        removes = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if removes and event.type() == QEvent.Type.ShortcutOverride and self._chosen >= 0:
            event.accept()
            return True
        if event.type() == QEvent.Type.Resize and self._fits:
            self._frame()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen >= 0:
            self._try(lambda: self._board.remove(self._chosen))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._toolbox.active_id == "picker":
            return
        self.menu(self._at(QPointF(event.pos()))).popup(event.globalPos())

    def menu(self, index: int) -> QMenu:
        """What can be done with a picture, and with the board."""
        menu, board = QMenu(self), self._board
        if index >= 0:
            self._chosen = index
            self.update()
            menu.addAction("To the front", lambda: self._try(lambda: board.to("front", index)))
            menu.addAction("To the back", lambda: self._try(lambda: board.to("back", index)))
            menu.addAction("Remove", lambda: self._try(lambda: board.remove(index)))
            menu.addSeparator()
        paste = menu.addAction("Paste", self._paste)
        paste.setEnabled(can_take(QGuiApplication.clipboard().mimeData()))
        menu.addAction("Show all", self.fit)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # Pictures from outside

    def open(self, paths: Sequence[Path]) -> None:
        """Pin the pictures of files; what cannot be read is said, the others are pinned all the same."""
        for path in paths:
            self._try(partial(self._board.open, path))

    def _paste(self) -> None:
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        """Pin what was dropped or copied: files, or a picture from another program."""
        paths = local_files(data)
        picture = None if paths else picture_in(data)
        if picture is not None:
            pixels = to_rgba8(picture.surface.read(Rect(0, 0, picture.width, picture.height)))
            self._try(lambda: self._board.pin("Pasted", pixels))
        elif paths:
            self.open(paths)
        else:
            self._session.message.emit(ELSEWHERE if is_elsewhere(data) else NO_PICTURE)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take(event.mimeData())

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except (EditError, FormatError) as reason:
            self._session.message.emit(str(reason))

    # The look

    def sizeHint(self) -> QSize:
        return QSize(276, 180)

    def _grip(self, pinned: Pinned) -> QRectF:
        corner = self._place(pinned).bottomRight()
        return QRectF(corner.x() - _GRIP_PX / 2, corner.y() - _GRIP_PX / 2, _GRIP_PX, _GRIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        pictures = self._shown()
        if not pictures:
            painter.setPen(tokens.text_dim)
            box = self.rect().adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _EMPTY)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for pinned in pictures:
            self._paint_picture(painter, pinned)
        if 0 <= self._chosen < len(pictures) and self.hasFocus():
            self._paint_chosen(painter, pictures[self._chosen])
        painter.end()

    def _paint_picture(self, painter: QPainter, pinned: Pinned) -> None:
        image, place = self._image(pinned), self._place(pinned)
        if image.isNull():
            painter.fillRect(place, self._theme.tokens.field)
            painter.setPen(self._theme.tokens.text_dim)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, "Damaged picture")
            return
        painter.drawImage(place, self._reduced(image, place))

    def _reduced(self, image: QImage, place: QRectF) -> QImage:
        """Halved until it is at most twice the size on the screen, so that shrinking does not drop pixels."""
        wanted = max(1.0, place.width() * self.devicePixelRatioF())
        halvings = 0
        while image.width() >> (halvings + 1) >= wanted:
            halvings += 1
        if not halvings:
            return image
        key = f"{image.cacheKey()}/{halvings}"
        if key not in self._images:
            size = QSize(max(1, image.width() >> halvings), max(1, image.height() >> halvings))
            mode = Qt.AspectRatioMode.IgnoreAspectRatio
            self._images[key] = image.scaled(size, mode, Qt.TransformationMode.SmoothTransformation)
        return self._images[key]

    def _paint_chosen(self, painter: QPainter, pinned: Pinned) -> None:
        place = self._place(pinned)
        for colour, width in ((QColor(20, 20, 20, 170), 3.0), (QColor(255, 255, 255, 230), 1.25)):
            painter.setPen(QPen(colour, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place)
        painter.setPen(QPen(QColor(20, 20, 20, 200), 1.0))
        painter.setBrush(QColor(235, 235, 235))
        painter.drawRect(self._grip(pinned).adjusted(2, 2, -2, -2))


class ReferencesPanel(QWidget):
    """`header_buttons`: for the head of the dock."""

    def __init__(
        self, session: Session, toolbox: Toolbox, board: ReferenceBoard, theme: Theme, chooser: Chooser
    ) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._chooser = chooser
        self._folder = Path.home()
        self.view = BoardView(session, toolbox, board, theme)
        add = IconButton(theme, "plus", "Open a picture to look at")
        add.clicked.connect(self._open)
        fit = IconButton(theme, "fit", "Show all pictures")
        fit.clicked.connect(self.view.fit)
        self.header_buttons = (add, fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 8)
        column.addWidget(self.view)

    def _open(self) -> None:
        path = self._chooser.open_file("Open a picture to look at", self._folder, (PICTURES,))
        if path is not None:
            self._folder = path.parent
            self.view.open([path])


def _box(pinned: Pinned) -> QRectF:
    return QRectF(pinned.x, pinned.y, pinned.width, pinned.height)


def _premultiplied(image: QImage) -> Pixels8:
    """The pixels of a Format_ARGB32_Premultiplied image, BGRA (h, w, 4); the image must outlive them."""
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
